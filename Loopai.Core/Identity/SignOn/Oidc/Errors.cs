using Loopai.Core.Errors;

namespace Loopai.Core.Identity.SignOn.Oidc;

internal static class OidcErrors
{
    public static UnavailableException BadKeySet() => new("sign_on.provider_keys", "What lies at the provider's jwks_uri is no set of keys.");

    public static UnavailableException Unreachable(string what, string why) => new("sign_on.provider_unreachable", $"The provider's {what} could not be read: {why}");

    public static UnavailableException BadDiscovery(string why) => new("sign_on.provider_discovery", $"The provider's discovery document cannot be used: {why}");

    public static SignOnRefusal Provider(string error, string? description) => new(
        "sign_on.provider_refused", $"Your identity provider did not sign you in: {error}{(string.IsNullOrWhiteSpace(description) ? "" : $" ({description})")}.");

    public static SignOnRefusal Checks(IEnumerable<SignOnCheck> failed) => new(
        "sign_on.invalid_answer",
        $"Your identity provider's answer is not one that can be trusted. An administrator can see why by testing the connection: {string.Join(", ", failed.Select(c => c.Name))}.");
}
