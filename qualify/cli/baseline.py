import click


@click.group()
def baseline() -> None:
    """X"""
