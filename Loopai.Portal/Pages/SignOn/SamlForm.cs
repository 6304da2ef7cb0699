using System.Text.Json;
using Loopai.Core.Identity.Saml;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Portal.Pages.SignOn;

/// <summary>The fields of a SAML connection while somebody fills them.</summary>
public sealed class SamlForm(SignOnConnection connection)
{
    public string Name { get; set; } = connection.Name;

    public SamlSettings Settings { get; set; } = connection.ReadSettings<SamlSettings>();

    /// <summary>One more certificate of the provider, as it was pasted.</summary>
    public string NewCertificate { get; set; } = "";

    public ConnectionDraft Draft() => new(
        Name,
        JsonSerializer.SerializeToElement(
            string.IsNullOrWhiteSpace(NewCertificate) ? Settings : Settings with { Certificates = [.. Settings.Certificates, NewCertificate.Trim()] }, SignOnJson.Options));
}
