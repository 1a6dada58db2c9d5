"""Reading feeds where they are: the network, other people's databases, and secrets stand here and nowhere else."""
