using Loopai.Core.Identity.Saml;

namespace Loopai.Portal.Api;

/// <summary>Where a SAML provider's metadata is: an address to fetch, or the document itself.</summary>
public sealed record SamlImport
{
    /// <summary>The address of the metadata; it is remembered.</summary>
    public string? Url { get; init; }

    /// <summary>The metadata as XML, instead of an address.</summary>
    public string? Xml { get; init; }
}

/// <summary>What the next certificate is for.</summary>
public sealed record CertificateRequest
{
    public SamlKeyUse? Use { get; init; }
}

/// <summary>The certificates of a SAML connection, of each use the active one first.</summary>
public sealed record CertificateList(IReadOnlyList<SamlCertificate> Items, string? NextCursor);
