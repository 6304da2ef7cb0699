using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Errors;
using Loopai.Core.Outbound;

namespace Loopai.Core.Identity.SignOn.Oidc;

/// <summary>OpenID Connect's part in making and changing connections.</summary>
public sealed class OidcProtocol(OutboundHttp outbound) : ISignOnProtocol
{
    private static readonly JsonSerializerOptions Strict = new(SignOnJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public SignOnKind Kind => SignOnKind.Oidc;

    public IReadOnlyList<string> SecretNames { get; } = [OidcSettings.ClientSecret];

    public AcceptedSettings Accept(JsonElement settings, IReadOnlyDictionary<string, string> secrets, FieldErrors errors)
    {
        OidcSettings given;
        try
        {
            given = settings.Deserialize<OidcSettings>(Strict) ?? new OidcSettings();
        }
        catch (JsonException e)
        {
            errors.Add("settings", $"These are no settings of an OpenID Connect connection: {e.Message.Split(" Path:")[0]} (at {e.Path ?? "$"})");
            return AcceptedSettings.NotSetUp("{}");
        }

        var (issuer, fault) = OidcPresets.IssuerOf(given.Preset, given.Issuer);
        var needsDomain = given.Preset == OidcPreset.Google;
        var hostedDomain = EmailDomain.Normalize(given.HostedDomain);
        errors
            .AddIf(fault is not null, "settings.issuer", fault ?? "")
            .AddIf(issuer is not null && outbound.Accept(issuer) is null, "settings.issuer", "Give an https address, without a user name in it.")
            .AddIf(issuer?.Contains('?', StringComparison.Ordinal) == true || issuer?.Contains('#', StringComparison.Ordinal) == true, "settings.issuer", "An issuer has neither a query nor a fragment.")
            .AddIf(string.IsNullOrWhiteSpace(given.ClientId) || given.ClientId.Length > 500, "settings.clientId", "Give the client ID that the provider shows for this application.")
            .AddIf(string.IsNullOrWhiteSpace(given.EmailClaim), "settings.emailClaim", "Name the claim that holds the e-mail address, usually email.")
            .AddIf(string.IsNullOrWhiteSpace(given.GroupsClaim), "settings.groupsClaim", "Name the claim that holds the groups, usually groups.")
            .AddIf(
                needsDomain && hostedDomain is null, "settings.hostedDomain",
                "Give your Google Workspace's domain. Without it, everybody with a Google account would pass.")
            .AddIf(!needsDomain && given.HostedDomain is { Length: > 0 }, "settings.hostedDomain", "Only Google tells a hosted domain. Leave this empty.")
            .AddIf(secrets.GetValueOrDefault(OidcSettings.ClientSecret)?.Length > 2000, "secrets.clientSecret", "A client secret has at most 2,000 characters.");
        var accepted = given with
        {
            Issuer = issuer ?? "",
            ClientId = given.ClientId?.Trim() ?? "",
            Scopes = string.Join(' ', (given.Scopes ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Prepend("openid").Distinct(StringComparer.Ordinal)),
            AcrValues = string.IsNullOrWhiteSpace(given.AcrValues) ? null : given.AcrValues.Trim(),
            HostedDomain = needsDomain ? hostedDomain : null,
        };
        return new AcceptedSettings(JsonSerializer.Serialize(accepted, SignOnJson.Options), accepted.Issuer);
    }
}
