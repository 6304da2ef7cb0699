using Loopai.Core.Errors;
using Loopai.Core.Identity.Sessions;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Core.Identity;

/// <summary>A person's passkeys. The ceremony with the browser is ASP.NET Core Identity's; this is what stands around it.</summary>
public sealed class PasskeyService(UserManager<User> users, ConfirmationService confirmations, AuthenticationLog log)
{
    /// <summary>Enough for every device a person has; a bound on the row count.</summary>
    public const int Most = 20;

    private const int NameLength = 60;

    /// <summary>The person's passkeys, the newest first.</summary>
    public async Task<IReadOnlyList<UserPasskeyInfo>> ListAsync(AccountCaller caller) =>
        [.. (await users.GetPasskeysAsync(await UserAsync(caller))).OrderByDescending(p => p.CreatedAt)];

    /// <summary>Whether one more may be made now.</summary>
    public async Task<User> DemandAddAsync(AccountCaller caller, CancellationToken ct)
    {
        await confirmations.DemandAsync(caller, ct);
        var user = await UserAsync(caller);
        return (await users.GetPasskeysAsync(user)).Count < Most
            ? user
            : throw new LimitExceededException("passkey.too_many", $"You have {Most} passkeys, which is the most there can be. Remove one first.");
    }

    /// <summary>Keeps a passkey whose attestation was checked.</summary>
    public async Task AddAsync(AccountCaller caller, UserPasskeyInfo passkey, string? name, CancellationToken ct)
    {
        var user = await DemandAddAsync(caller, ct);
        passkey.Name = NameOf(name);
        AccountService.ThrowUnlessSucceeded(await users.AddOrUpdatePasskeyAsync(user, passkey));
        await confirmations.MarkAsync(caller, secondFactor: true, ct);
        await log.RecordAsync(caller, "second_factor.added", new { kind = "passkey", passkey.Name }, ct);
    }

    /// <summary>Gives it another name.</summary>
    public async Task RenameAsync(AccountCaller caller, byte[] id, string name)
    {
        var (user, passkey) = await FindAsync(caller, id);
        passkey.Name = string.IsNullOrWhiteSpace(name) ? throw new InvalidException("passkey.name", "name", "Give the passkey a name that says which device it is on.") : NameOf(name);
        AccountService.ThrowUnlessSucceeded(await users.AddOrUpdatePasskeyAsync(user, passkey));
    }

    /// <summary>Forgets it: signing in with it ends at once.</summary>
    public async Task RemoveAsync(AccountCaller caller, byte[] id, CancellationToken ct)
    {
        await confirmations.DemandAsync(caller, ct);
        var (user, passkey) = await FindAsync(caller, id);
        AccountService.ThrowUnlessSucceeded(await users.RemovePasskeyAsync(user, id));
        await log.RecordAsync(caller, "second_factor.removed", new { kind = "passkey", passkey.Name }, ct);
    }

    private static string NameOf(string? name) => string.IsNullOrWhiteSpace(name) ? "Passkey" : name.Trim() is var text && text.Length > NameLength ? text[..NameLength] : name.Trim();

    private async Task<(User User, UserPasskeyInfo Passkey)> FindAsync(AccountCaller caller, byte[] id)
    {
        var user = await UserAsync(caller);
        return (user, await users.GetPasskeyAsync(user, id) ?? throw IdentityErrors.PasskeyNotFound());
    }

    private async Task<User> UserAsync(AccountCaller caller) => await users.FindByIdAsync(caller.UserId.ToString()) ?? throw IdentityErrors.AccountNotFound();
}
