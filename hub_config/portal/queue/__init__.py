"""“Hàng chờ chấm”: what the judge left to people and what is audited, one answer at a time, without names."""
