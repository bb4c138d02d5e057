// Texts in the reader's language: Django's catalog script has put its functions onto the window.

export const { gettext, ngettext, pgettext, interpolate } = window;
