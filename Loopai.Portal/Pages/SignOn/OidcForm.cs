using System.Text.Json;
using Loopai.Core.Identity.SignOn;
using Loopai.Core.Identity.SignOn.Oidc;

namespace Loopai.Portal.Pages.SignOn;

/// <summary>The fields of an OpenID Connect connection while somebody fills them.</summary>
public sealed class OidcForm
{
    public OidcForm(OidcPreset preset) => Use(preset);

    public OidcForm(SignOnConnection connection)
    {
        Settings = connection.ReadSettings<OidcSettings>();
        (Name, Issuer) = (connection.Name, Settings.Issuer);
    }

    public OidcSettings Settings { get; set; } = new();

    public OidcPresetInfo Info => OidcPresets.Of(Settings.Preset);

    public string Name { get; set; } = "";

    /// <summary>As the provider shows it: a tenant id, a domain or an address.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>A new secret; empty leaves the one there is.</summary>
    public string Secret { get; set; } = "";

    public void Use(OidcPreset preset)
    {
        Settings = OidcPresets.Of(preset).Defaults with { ClientId = Settings.ClientId };
        Issuer = Settings.Issuer;
    }

    public ConnectionDraft Draft(Guid? id = null) => new(
        Name, JsonSerializer.SerializeToElement(Settings with { Issuer = Issuer }, SignOnJson.Options),
        Secret.Length == 0 ? null : new Dictionary<string, string>(StringComparer.Ordinal) { [OidcSettings.ClientSecret] = Secret }, Id: id);
}
