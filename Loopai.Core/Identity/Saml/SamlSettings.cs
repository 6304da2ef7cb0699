using System.Security.Cryptography.X509Certificates;

namespace Loopai.Core.Identity.Saml;

/// <summary>What a connection knows of its identity provider, and what it demands of its messages.</summary>
public sealed record SamlSettings
{
    /// <summary>The provider's entity ID: the Issuer of everything it sends.</summary>
    public string EntityId { get; init; } = "";

    /// <summary>Where sign-in requests go.</summary>
    public string SignOnUrl { get; init; } = "";

    public SamlBinding SignOnBinding { get; init; }

    /// <summary>Where logout requests go; null where the provider has no single logout.</summary>
    public string? LogoutUrl { get; init; }

    /// <summary>Where answers to the provider's logout requests go; null for <see cref="LogoutUrl"/>.</summary>
    public string? LogoutResponseUrl { get; init; }

    public SamlBinding LogoutBinding { get; init; }

    /// <summary>The provider's signing certificates, in base64; several while it changes them. Nothing else is ever believed, least of all a certificate in a message.</summary>
    public IReadOnlyList<string> Certificates { get; init; } = [];

    /// <summary>Whether sign-in requests are signed. Logout messages always are.</summary>
    public bool SignRequests { get; init; } = true;

    public SignatureDemand Demand { get; init; }

    /// <summary>Refuse an assertion that is not encrypted.</summary>
    public bool DemandEncryption { get; init; }

    /// <summary>Take signatures over SHA-1, for providers that cannot do better.</summary>
    public bool AllowSha1 { get; init; }

    /// <summary>Take an answer that nobody asked for: a sign-in begun at the provider's own page.</summary>
    public bool AllowUnsolicited { get; init; }

    /// <summary>How far the provider's clock may be off.</summary>
    public int ClockSkewSeconds { get; init; } = 120;

    /// <summary>The NameID format to ask for; null to leave it to the provider.</summary>
    public string? NameIdFormat { get; init; }

    /// <summary>The attribute with the e-mail address; null to look at the usual names, then at the NameID.</summary>
    public string? EmailAttribute { get; init; }

    /// <summary>The attribute with the person's name; null to look at the usual names.</summary>
    public string? NameAttribute { get; init; }

    /// <summary>The attribute with the groups; null to look at the usual names.</summary>
    public string? GroupsAttribute { get; init; }

    /// <summary>Where the metadata came from, to import it again; null for a file.</summary>
    public string? MetadataUrl { get; init; }

    internal TimeSpan ClockSkew => TimeSpan.FromSeconds(ClockSkewSeconds);

    /// <summary>The certificates, to verify with. The caller disposes of nothing: they hold public keys only.</summary>
    internal IReadOnlyList<X509Certificate2> TrustedCertificates() =>
        [.. Certificates.Select(text => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text)))];
}

/// <summary>How a message travels through the browser.</summary>
public enum SamlBinding
{
    /// <summary>Deflated in the address.</summary>
    Redirect,

    /// <summary>In a form that submits itself.</summary>
    Post,
}

/// <summary>What must be signed in an answer. The assertion is covered in each case: by its own signature, or by the response's around it.</summary>
public enum SignatureDemand
{
    Assertion,
    Response,
    Both,
    Either,
}
