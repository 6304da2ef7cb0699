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

/// <summary>A message as it arrived.</summary>
/// <param name="IsRequest">Whether it came as SAMLRequest, not as SAMLResponse.</param>
/// <param name="Field">What was posted; null for the redirect binding.</param>
/// <param name="Query">The query as it was written; null for the POST binding.</param>
/// <param name="RelayState">What the sender wants to see again.</param>
public sealed record SamlIncoming(bool IsRequest, string? Field, string? Query, string? RelayState)
{
    /// <summary>By the POST binding.</summary>
    public static SamlIncoming Posted(string? request, string? response, string? relayState) => new(request is not null, request ?? response ?? "", null, relayState);

    /// <summary>By the redirect binding.</summary>
    public static SamlIncoming Redirected(string query, bool isRequest, string? relayState) => new(isRequest, null, query, relayState);
}
