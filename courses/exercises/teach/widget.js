// Explain something to a pupil in one's own words. Marked after submission.
export function mount(api) {
  const part = api.writing(api, "Lời bạn giảng");
  return { state: part.state, note: "Câu này được chấm sau khi bạn nộp bài." };
}
