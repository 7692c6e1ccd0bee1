"""What a maintainer runs: lessons built and held to their rules, what they show recorded, tables checked."""
