// A message to an identity provider goes as a form; the button in it is for browsers without scripts.
document.forms[0].submit();
