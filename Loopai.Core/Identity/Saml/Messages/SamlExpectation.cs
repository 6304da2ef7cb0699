using System.Security.Cryptography.X509Certificates;

namespace Loopai.Core.Identity.Saml.Messages;

/// <summary>What a message is judged against.</summary>
/// <param name="Settings">The connection's.</param>
/// <param name="Addresses">Where this service provider lives.</param>
/// <param name="DecryptionKeys">Its encryption certificates with their keys.</param>
/// <param name="IsOurRequest">Whether this browser asked under that ID, and lately.</param>
/// <param name="Now">The time.</param>
public sealed record SamlExpectation(
    SamlSettings Settings, SamlAddresses Addresses, IReadOnlyList<X509Certificate2> DecryptionKeys, Func<string, bool> IsOurRequest, DateTimeOffset Now);
