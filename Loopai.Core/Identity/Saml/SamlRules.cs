using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml.Metadata;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Outbound;

namespace Loopai.Core.Identity.Saml;

/// <summary>What the settings of a connection may be.</summary>
public static class SamlRules
{
    private const int MaxText = 1000;
    private const int MaxSkewSeconds = 300;

    private static readonly string[] NameIdFormats = [SamlNames.EmailNameId, SamlNames.PersistentNameId, SamlNames.UnspecifiedNameId];

    /// <summary>The settings as they are kept: empty texts are none, certificates are base64. What is wrong goes into <paramref name="errors"/>.</summary>
    public static SamlSettings Check(SamlSettings settings, OutboundHttp outbound, FieldErrors errors)
    {
        settings = settings with
        {
            EntityId = settings.EntityId?.Trim() ?? "",
            SignOnUrl = settings.SignOnUrl?.Trim() ?? "",
            LogoutUrl = OrNull(settings.LogoutUrl),
            LogoutResponseUrl = OrNull(settings.LogoutResponseUrl),
            NameIdFormat = OrNull(settings.NameIdFormat),
            EmailAttribute = OrNull(settings.EmailAttribute),
            NameAttribute = OrNull(settings.NameAttribute),
            GroupsAttribute = OrNull(settings.GroupsAttribute),
            MetadataUrl = OrNull(settings.MetadataUrl),
            Certificates = settings.Certificates ?? [],
        };
        errors
            .AddIf(settings.EntityId.Length is 0 or > MaxText, "settings.entityId", "Give the identity provider's entity ID, as its metadata has it.")
            .AddIf(!IsAddress(settings.SignOnUrl), "settings.signOnUrl", "Give the whole address of the identity provider's sign-on service.")
            .AddIf(settings.LogoutUrl is not null && !IsAddress(settings.LogoutUrl), "settings.logoutUrl", "Give the whole address, or leave it empty.")
            .AddIf(settings.LogoutResponseUrl is not null && !IsAddress(settings.LogoutResponseUrl), "settings.logoutResponseUrl", "Give the whole address, or leave it empty.")
            .AddIf(settings.MetadataUrl is not null && outbound.Accept(settings.MetadataUrl) is null, "settings.metadataUrl", "Give an https address, or leave it empty.")
            .AddIf(settings.Certificates.Count == 0, "settings.certificates", "Add the certificate that the identity provider signs with.")
            .AddIf(settings.Certificates.Count > 20, "settings.certificates", "Keep the certificates that are in use: 20 at most.")
            .AddIf(settings.ClockSkewSeconds is < 0 or > MaxSkewSeconds, "settings.clockSkewSeconds", $"Choose 0 to {MaxSkewSeconds} seconds; who needs more has a clock to set.")
            .AddIf(
                settings.NameIdFormat is not null && !NameIdFormats.Contains(settings.NameIdFormat), "settings.nameIdFormat",
                $"Choose one of {string.Join(", ", NameIdFormats)}, or leave it to the identity provider.")
            .AddIf(
                new[] { settings.EmailAttribute, settings.NameAttribute, settings.GroupsAttribute }.Any(a => a?.Length > MaxText), "settings.emailAttribute",
                $"An attribute's name has at most {MaxText} characters.");
        var certificates = new List<string>();
        foreach (var text in settings.Certificates)
        {
            try
            {
                certificates.Add(IdentityProviderMetadata.Certificate(text));
            }
            catch (InvalidException e)
            {
                errors.Add("settings.certificates", e.Errors.Values.First()[0]);
            }
        }

        return settings with { Certificates = [.. certificates.Distinct(StringComparer.Ordinal)] };
    }

    private static bool IsAddress(string? text) => text?.Length <= MaxText && IdentityProviderMetadata.IsAddress(text);

    private static string? OrNull(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
