"""`quizproof analyse`."""

import sys
from pathlib import Path

import click

from quiz_plugin.analyse import export, items, report
from quiz_plugin.load import load_pages
from quiz_plugin.model import Page
from quiz_plugin.settings import SettingsError, find_project

FILES = click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@FILES
@click.option("--format", "form", type=click.Choice(list(report.FORMATS)), default="text", show_default=True)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page with the same here.")
@click.option("--docs", type=click.Path(exists=True, path_type=Path), help="The pages to read (default: the site's).")
def analyse(files: tuple[Path, ...], form: str, html: Path | None, docs: Path | None) -> None:
    """Find weak questions in FILES, exported by readers on the progress page."""
    readers, refused = export.read(files)
    if refused:
        click.echo("\n".join(refused), err=True)
        sys.exit(2)
    found = items.analyse(readers, _pages(docs))
    if html:
        html.write_text(report.as_html(readers, found), encoding="utf-8")
    click.echo(report.FORMATS[form](readers, found))


def _pages(docs: Path | None) -> tuple[Page, ...]:
    """The site's pages, or none where there is no site: exports can be read anywhere."""
    try:
        project = find_project(docs or Path.cwd())
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    places = [docs] if docs else [project.docs] if project.docs.is_dir() else []
    return load_pages(places, project)
