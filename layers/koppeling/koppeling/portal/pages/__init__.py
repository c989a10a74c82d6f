"""The pages as the browser sees them: routes, templates, and how they are filled."""
