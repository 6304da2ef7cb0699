namespace Loopai.Core.Identity.Saml;

/// <summary>The addresses of one connection's service provider, as its metadata lists them.</summary>
/// <param name="portal">The portal's public address, without a slash at its end.</param>
/// <param name="connectionId">The connection.</param>
public sealed class SamlAddresses(string portal, Guid connectionId)
{
    private readonly string _root = $"{portal}/sign-in/saml/{connectionId}";

    /// <summary>Who this service provider is; also where its metadata lies.</summary>
    public string EntityId => $"{_root}/metadata";

    /// <summary>Where a person's sign-in begins.</summary>
    public string Start => $"{_root}/start";

    /// <summary>Where answers are posted to.</summary>
    public string AssertionConsumer => $"{_root}/acs";

    /// <summary>Where logout requests and their answers arrive.</summary>
    public string Logout => $"{_root}/logout";
}
