"""What the fuzzers of graphs share: decisions, graphs, the peer, verdicts, and the loop around them."""
