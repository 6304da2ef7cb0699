using System.Globalization;
using System.Security.Cryptography;
using Loopai.Core.Access;
using Loopai.Core.ApiKeys;
using Loopai.Core.Configuration;
using Loopai.Core.Identity;
using Loopai.Core.Organizations;
using Microsoft.AspNetCore.Identity;

namespace Loopai.Portal.Demo;

/// <param name="OrganizationId">The demo organization.</param>
/// <param name="EnvironmentId">Its production environment.</param>
/// <param name="FirstRun">How to sign in, as the file says it.</param>
/// <param name="IsNew">Whether it was made just now.</param>
internal sealed record DemoTenant(Guid OrganizationId, Guid EnvironmentId, FirstRun FirstRun, bool IsNew);

/// <summary>The demo's account, organization and API key. What was interrupted between two of them is taken up where it stopped.</summary>
internal sealed class DemoOwner(
    IServiceScopeFactory scopes, OrganizationService organizations, ApiKeyService keys, DemoSettings demo, AccountsSettings accounts, PortalSettings portal)
{
    private const string KeyName = "First run";
    internal const string Environment = "production";

    // Without letters and digits that look alike.
    private const string PasswordAlphabet = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>The tenant to fill; null where there is nothing to make: the demo is complete, or people are here already.</summary>
    public async Task<DemoTenant?> EnsureAsync(DemoFiles files, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var service = scope.ServiceProvider.GetRequiredService<AccountService>();
        var isFirstRun = await service.IsFirstRunAsync(ct);
        var state = files.ReadState();
        if (isFirstRun)
        {
            // Written before the account is made, so that no account is left whose password nobody knows.
            state = new DemoState($"owner@{demo.Organization}.example", NewPassword(accounts.MinPasswordLength), null);
            files.Write(state);
            await service.CreateFirstOwnerAsync(new NewOwner(state.Email, state.Password!, "Demo owner", demo.Organization, NameOf(demo.Organization)), ct);
        }

        if (state is null or { FinishedAt: not null })
        {
            return null;
        }

        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        return await users.FindByEmailAsync(state.Email) is { } owner ? await OfOwnerAsync(files, state, owner, ct) : null;
    }

    private async Task<DemoTenant?> OfOwnerAsync(DemoFiles files, DemoState state, User owner, CancellationToken ct)
    {
        var organization = (await organizations.OfUserAsync(owner.Id, ct)).FirstOrDefault(o => o.Slug == demo.Organization);
        if (organization is null)
        {
            return null;
        }

        var environment = organization.Environments.First(e => e.Key == Environment).Id;
        if (state.Password is null)
        {
            return files.ReadFirstRun() is { } known ? new DemoTenant(organization.Id, environment, known, IsNew: false) : null;
        }

        var key = await NewKeyAsync(Caller.System(organization.Id, environment), ct);
        var firstRun = new FirstRun(portal.LinkBase(), state.Email, state.Password, organization.Slug, key);
        files.Write(firstRun);
        files.Write(state with { Password = null });
        return new DemoTenant(organization.Id, environment, firstRun, IsNew: true);
    }

    private async Task<string> NewKeyAsync(Caller system, CancellationToken ct)
    {
        await RevokeAsync(keys, system, KeyName, ct);
        return (await keys.CreateAsync(system, new CreateApiKey(KeyName, Environment), ct)).Text;
    }

    /// <summary>Ends the keys of this name: their text went with the portal that made them.</summary>
    internal static async Task RevokeAsync(ApiKeyService keys, Caller system, string name, CancellationToken ct)
    {
        foreach (var left in (await keys.ListAsync(system, ct)).Select(entry => entry.Key).Where(k => k.Name == name && k.RevokedAt is null))
        {
            await keys.RevokeAsync(system, left.Id, ct);
        }
    }

    /// <summary>Groups of five: at least four of them, 99 bits, and as many as the operator's shortest password asks for.</summary>
    internal static string NewPassword(int shortest)
    {
        var groups = Math.Max(4, (shortest + 6) / 6);
        return string.Join('-', Enumerable.Range(0, groups).Select(_ => RandomNumberGenerator.GetString(PasswordAlphabet, 5)));
    }

    private static string NameOf(string slug) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(slug.Replace('-', ' '));
}
