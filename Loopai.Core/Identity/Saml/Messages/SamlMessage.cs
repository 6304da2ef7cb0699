namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>A message on its way out: an address to redirect to, or a form that submits itself.</summary>
/// <param name="Url">Where the browser goes; with the whole message, for the redirect binding.</param>
/// <param name="Form">The fields to post; null for the redirect binding.</param>
public sealed record SamlMessage(string Url, IReadOnlyDictionary<string, string>? Form);

/// <summary>Which of the two a message is; the bindings name their fields after it.</summary>
internal enum SamlMessageKind
{
    Request,
    Response,
}
