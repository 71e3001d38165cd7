def show(level: float) -> dict:
    return {"say": f"{level}.", "facts": [], "views": []}
