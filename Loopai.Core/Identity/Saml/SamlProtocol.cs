using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Outbound;

namespace Loopai.Core.Identity.Saml;

/// <summary>SAML's part in making and changing connections. One is made before its provider is known: the provider asks for the connection's addresses first.</summary>
public sealed class SamlProtocol(OutboundHttp outbound) : ISignOnProtocol
{
    private static readonly JsonSerializerOptions Strict = new(SignOnJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public SignOnKind Kind => SignOnKind.Saml;

    /// <summary>None that anybody could set: the private keys are made here and stay here.</summary>
    public IReadOnlyList<string> SecretNames { get; } = [];

    public AcceptedSettings Accept(JsonElement settings, IReadOnlyDictionary<string, string> secrets, FieldErrors errors)
    {
        SamlSettings given;
        try
        {
            given = settings.Deserialize<SamlSettings>(Strict) ?? new SamlSettings();
        }
        catch (JsonException e)
        {
            errors.Add("settings", $"These are no settings of a SAML connection: {e.Message.Split(" Path:")[0]} (at {e.Path ?? "$"})");
            return AcceptedSettings.NotSetUp("{}");
        }

        if (string.IsNullOrWhiteSpace(given.EntityId) && string.IsNullOrWhiteSpace(given.SignOnUrl) && given.Certificates is null or { Count: 0 })
        {
            return AcceptedSettings.NotSetUp(JsonSerializer.Serialize(given with { EntityId = "", SignOnUrl = "", Certificates = [] }, SignOnJson.Options));
        }

        var accepted = SamlRules.Check(given, outbound, errors);
        return new AcceptedSettings(JsonSerializer.Serialize(accepted, SignOnJson.Options), accepted.EntityId);
    }
}
