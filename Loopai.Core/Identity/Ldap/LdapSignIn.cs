using Loopai.Core.Access;
using Loopai.Core.Identity.SignIn;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Ldap;

/// <summary>Signs people in with the password of their directory; guessing is slowed down as for local passwords.</summary>
public sealed class LdapSignIn(LdapFlow flow, SignOnService service, SignInThrottle throttle)
{
    /// <summary>Somebody gave a name and a password.</summary>
    public async Task<LdapOutcome> SignInAsync(SignOnConnection connection, string? login, string? password, CallerOrigin origin, CancellationToken ct)
    {
        var (wait, result) = await AskAsync(connection, login, password, origin, ct);
        if (result is null)
        {
            return new LdapOutcome(SignOnOutcome.Refused(Wait(wait!.Value)), null);
        }

        return new LdapOutcome(
            result.Identity is null ? await service.RefuseAsync(connection, result.Refusal!, login, origin, ct) : await service.CompleteAsync(connection, result.Identity, origin, ct),
            result.Identity);
    }

    /// <summary>A dry run; what it finds stands on the connection's page.</summary>
    public async Task TestAsync(SignOnConnection connection, Guid run, string? login, string? password, CallerOrigin origin, CancellationToken ct)
    {
        var (wait, result) = await AskAsync(connection, login, password, origin, ct);
        await service.CompleteTestAsync(
            connection, run, result?.Checks ?? [new SignOnCheck("Attempts", Passed: false, Wait(wait!.Value).Message)], result?.Identity, ct);
    }

    private async Task<(TimeSpan? Wait, LdapResult? Result)> AskAsync(SignOnConnection connection, string? login, string? password, CallerOrigin origin, CancellationToken ct)
    {
        // The same name is somebody else in another directory.
        var subject = ThrottleSubject.Account($"{connection.Id} {login}");
        var from = new RequestOrigin(origin.Address?.ToString(), origin.UserAgent);
        if ((await throttle.ReserveAsync(subject, from, ct)).Wait is { } wait)
        {
            return (wait, null);
        }

        var result = await flow.AuthenticateAsync(connection, login, password, ct);
        if (result.Identity is not null)
        {
            await throttle.SucceededAsync(subject, from, ct);
        }

        return (null, result);
    }

    private static SignOnRefusal Wait(TimeSpan wait) => new(
        "sign_on.too_many_attempts", $"Too many attempts. Try again in {(wait.TotalMinutes <= 1 ? "a minute" : $"{Math.Ceiling(wait.TotalMinutes):0} minutes")}.");
}

/// <param name="Outcome">Who comes in, or why nobody does.</param>
/// <param name="Identity">Who the directory says it is.</param>
public sealed record LdapOutcome(SignOnOutcome Outcome, ExternalIdentity? Identity);
