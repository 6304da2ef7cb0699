using System.Text.Json;
using Loopai.Core.Errors;

namespace Loopai.Core.Identity.SignOn;

/// <summary>What a protocol brings so that its connections can be made and changed. Registered with the services.</summary>
public interface ISignOnProtocol
{
    SignOnKind Kind { get; }

    /// <summary>The secrets that its connections may have: <c>clientSecret</c>.</summary>
    IReadOnlyList<string> SecretNames { get; }

    /// <summary>Reads settings as somebody sent them. What is wrong goes into <paramref name="errors"/>, under <c>settings.…</c> and <c>secrets.…</c>.</summary>
    AcceptedSettings Accept(JsonElement settings, IReadOnlyDictionary<string, string> secrets, FieldErrors errors);
}

/// <param name="Json">The settings as they are kept.</param>
/// <param name="Authority">
/// Whose word it is: the issuer, the entity id, the directory. Another one knows other people under the same names. Null while no provider is known.
/// </param>
public sealed record AcceptedSettings(string Json, string? Authority)
{
    public static AcceptedSettings NotSetUp(string json) => new(json, null);
}
