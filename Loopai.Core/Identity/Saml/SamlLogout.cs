using Loopai.Core.Errors;
using Loopai.Core.Identity.Saml.Messages;
using Loopai.Core.Identity.Saml.Xml;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Saml;

/// <summary>Single logout: telling the provider that a person signed out here, and ending sessions when it says that they signed out there.</summary>
public sealed class SamlLogout(SignOnAttempts attempts, SamlKeys keys, ProviderLogout sessions, TimeProvider time)
{
    private const string IdPrefix = "_";

    /// <summary>What the attempt of a logout keeps, so that a sign-in's answer cannot be mistaken for one.</summary>
    internal const string AttemptState = "logout";

    /// <summary>The request that ends the session at the provider; null where it has no single logout.</summary>
    public async Task<(SamlMessage Message, BegunAttempt Attempt)?> StartAsync(
        SignOnConnection connection, SamlAddresses addresses, SamlSubject subject, CancellationToken ct)
    {
        var settings = connection.ReadSettings<SamlSettings>();
        if (settings.LogoutUrl is not { } url)
        {
            return null;
        }

        var attempt = await attempts.BeginAsync(connection, SignOnPurpose.SignIn, "/", AttemptState, testRunId: null, ct);
        var request = SamlRequests.Logout(IdPrefix + attempt.Handle, subject, settings, addresses, time.GetUtcNow());
        using var key = (await keys.OfAsync(connection, ct)).Active(SamlKeyUse.Signing).Open();
        return (SamlBindings.Send(request, SamlMessageKind.Request, settings.LogoutBinding, url, relayState: null, key), attempt);
    }

    /// <summary>The handle of the attempt that a logout's answer belongs to; null for a request of the provider's.</summary>
    public static string? HandleOf(SamlIncoming incoming)
    {
        try
        {
            return !incoming.IsRequest && SamlBindings.Peek(incoming)?.Value("InResponseTo") is { Length: > 0 } request ? request[IdPrefix.Length..] : null;
        }
        catch (InvalidException)
        {
            // Whoever receives it meets the same failure, and tells it.
            return null;
        }
    }

    /// <summary>Takes a logout message: ends the sessions that a request names and answers it, or takes the answer to ours.</summary>
    /// <returns>The answer to send; null when this was the answer.</returns>
    public async Task<SamlMessage?> ReceiveAsync(SignOnConnection connection, SamlAddresses addresses, SamlIncoming incoming, string? browser, CancellationToken ct)
    {
        var settings = connection.ReadSettings<SamlSettings>();
        var message = SamlBindings.Receive(incoming, settings);
        if (!incoming.IsRequest)
        {
            var handle = HandleOf(incoming);
            var attempt = await attempts.TakeAsync<string>(connection, handle, browser, ct);
            SamlLogoutReader.ReadResponse(message, Expect(settings, addresses, id => attempt?.State == AttemptState && id == IdPrefix + handle));
            return null;
        }

        var request = SamlLogoutReader.ReadRequest(message, Expect(settings, addresses, _ => false));
        if (!await attempts.TryUseTokenAsync(connection, "logout:" + request.Id, request.ValidUntil, ct))
        {
            throw SamlErrors.Replay();
        }

        await sessions.EndAsync(connection, request.NameId, request.SessionIndexes, ct);
        if ((settings.LogoutResponseUrl ?? settings.LogoutUrl) is not { } url)
        {
            return null;
        }

        var answer = SamlRequests.LogoutResponse(request.Id, complete: true, settings, addresses, time.GetUtcNow());
        using var key = (await keys.OfAsync(connection, ct)).Active(SamlKeyUse.Signing).Open();
        return SamlBindings.Send(answer, SamlMessageKind.Response, settings.LogoutBinding, url, SamlBindings.RelayState(incoming.RelayState), key);
    }

    private SamlExpectation Expect(SamlSettings settings, SamlAddresses addresses, Func<string, bool> isOurs) => new(settings, addresses, [], isOurs, time.GetUtcNow());
}
