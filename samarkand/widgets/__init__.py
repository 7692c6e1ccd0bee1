"""The widgets that explorers and forms are made of, each with a still picture for readers who run nothing."""
