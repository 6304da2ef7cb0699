using System.Security.Cryptography.X509Certificates;
using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.Saml.Metadata;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml;

/// <summary>SAML's web browser single sign-on: from the request to a verified identity.</summary>
public sealed class SamlFlow(SignOnAttempts attempts, SamlKeys keys, TimeProvider time)
{
    /// <summary>An ID must begin with a letter or an underscore, which the attempt's handle need not.</summary>
    private const string IdPrefix = "_";

    /// <summary>What the attempt keeps, so that the answer to a logout cannot be mistaken for one to this.</summary>
    private const string AttemptState = "sign-on";

    /// <summary>Begins a round trip: the request to send, and what the browser has to keep.</summary>
    public async Task<(SamlMessage Message, BegunAttempt Attempt)> StartAsync(SamlStart start, CancellationToken ct)
    {
        if (!start.Connection.Enabled && start.Purpose == SignOnPurpose.SignIn)
        {
            throw SamlErrors.Disabled();
        }

        var settings = start.Connection.ReadSettings<SamlSettings>();
        if (settings.SignOnUrl.Length == 0 || settings.Certificates.Count == 0)
        {
            throw SamlErrors.NotSetUp();
        }

        var attempt = await attempts.BeginAsync(start.Connection, start.Purpose, start.ReturnPath, AttemptState, start.TestRunId, ct);
        var request = SamlRequests.SignOn(IdPrefix + attempt.Handle, settings, start.Addresses, start.Purpose == SignOnPurpose.Test, time.GetUtcNow());
        using var key = settings.SignRequests ? (await keys.OfAsync(start.Connection, ct)).Active(SamlKeyUse.Signing).Open() : null;
        return (SamlBindings.Send(request, SamlMessageKind.Request, settings.SignOnBinding, settings.SignOnUrl, relayState: null, key), attempt);
    }

    /// <summary>The handle of the attempt that an answer says it belongs to; null where it answers nothing, or nothing of ours. Nothing is verified yet.</summary>
    public static string? HandleOf(string? field)
    {
        try
        {
            var request = SamlResponseReader.RequestOf(SamlBindings.DecodePost(field));
            return request is not null && request.StartsWith(IdPrefix, StringComparison.Ordinal) ? request[IdPrefix.Length..] : null;
        }
        catch (InvalidException)
        {
            // Whoever completes the sign-in meets the same failure, and tells it.
            return null;
        }
    }

    /// <summary>Takes the provider's answer. It comes to an identity only when every check has passed.</summary>
    /// <param name="connection">Which provider's.</param>
    /// <param name="addresses">Where this service provider lives.</param>
    /// <param name="field">The posted message.</param>
    /// <param name="browser">What this browser kept of the attempt; null when it kept nothing.</param>
    /// <param name="ct">Gives up.</param>
    public async Task<SamlResult> CompleteAsync(SignOnConnection connection, SamlAddresses addresses, string? field, string? browser, CancellationToken ct)
    {
        var handle = HandleOf(field);
        var attempt = await attempts.TakeAsync<string>(connection, handle, browser, ct);
        var checks = new List<SignOnCheck>();
        try
        {
            return new SamlResult(
                attempt, checks, await ReadAsync(connection, addresses, field, attempt?.State == AttemptState ? IdPrefix + handle : null, checks, ct), null);
        }
        catch (InvalidException e)
        {
            checks.Add(new SignOnCheck("Refused", Passed: false, e.Errors.Values.First()[0]));
            return new SamlResult(attempt, checks, null, new SignOnRefusal(e.Code, e.Errors.Values.First()[0]));
        }
    }

    /// <summary>The metadata of this service provider, for the connection.</summary>
    public async Task<string> MetadataAsync(SignOnConnection connection, SamlAddresses addresses, CancellationToken ct)
    {
        var ring = await keys.OfAsync(connection, ct);
        var certificates = ring.Keys.ToDictionary(k => k, k => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(k.Certificate)));
        return ServiceProviderMetadata.Write(
            connection.ReadSettings<SamlSettings>(), addresses,
            ring.Of(SamlKeyUse.Signing).OrderByDescending(k => k.Active).Select(k => certificates[k]), certificates[ring.Active(SamlKeyUse.Encryption)]);
    }

    private async Task<ExternalIdentity> ReadAsync(
        SignOnConnection connection, SamlAddresses addresses, string? field, string? request, List<SignOnCheck> checks, CancellationToken ct)
    {
        var settings = connection.ReadSettings<SamlSettings>();
        var decryption = (await keys.OfAsync(connection, ct)).Of(SamlKeyUse.Encryption).Select(k => k.Open()).ToList();
        try
        {
            var assertion = SamlResponseReader.Read(
                SamlBindings.DecodePost(field), new SamlExpectation(settings, addresses, decryption, id => id == request, time.GetUtcNow()));
            checks.AddRange(assertion.Checks);
            var identity = SamlClaims.Read(settings, assertion);
            if (!await attempts.TryUseTokenAsync(connection, "assertion:" + assertion.Id, assertion.ValidUntil, ct))
            {
                throw SamlErrors.Replay();
            }

            checks.Add(new SignOnCheck("First use", Passed: true, "No assertion is taken twice."));
            return identity with
            {
                LogoutHint = new SamlSubject(assertion.NameId, assertion.NameIdFormat, assertion.NameQualifier, assertion.SpNameQualifier, assertion.SessionIndex).ToJson(),
            };
        }
        finally
        {
            decryption.ForEach(key => key.Dispose());
        }
    }
}

/// <param name="Connection">Where to.</param>
/// <param name="Addresses">Where this service provider lives.</param>
/// <param name="Purpose">To come in, or to test.</param>
/// <param name="ReturnPath">Where the person was going.</param>
/// <param name="TestRunId">The test that waits.</param>
public sealed record SamlStart(SignOnConnection Connection, SamlAddresses Addresses, SignOnPurpose Purpose, string ReturnPath, Guid? TestRunId = null);

/// <param name="Attempt">What this browser had begun; null when the provider began it.</param>
/// <param name="Checks">Everything that was looked at.</param>
/// <param name="Identity">Who it is, and how a logout has to name them; null when a check failed.</param>
/// <param name="Refusal">Why nobody comes in; null when all is well.</param>
public sealed record SamlResult(
    TakenAttempt<string>? Attempt, IReadOnlyList<SignOnCheck> Checks, ExternalIdentity? Identity, SignOnRefusal? Refusal);
