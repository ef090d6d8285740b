"""Live through a simulated conversation; the path counts."""
