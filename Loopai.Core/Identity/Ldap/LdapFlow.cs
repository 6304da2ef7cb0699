using System.Security.Cryptography;
using System.Text;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Ldap;

/// <summary>From a name and a password to a verified identity: find the person, bind as them, read their groups.</summary>
public sealed class LdapFlow(ILdapDirectory directory, SignOnSecrets secrets)
{
    private const int MaxLogin = 256;
    private const int MaxPassword = 1_024;
    private const int MaxGroups = 1_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Asks the directory who this is. The password goes to it and nowhere else.</summary>
    public async Task<LdapResult> AuthenticateAsync(SignOnConnection connection, string? login, string? password, CancellationToken ct)
    {
        var checks = new List<SignOnCheck>();
        login = login?.Trim() ?? "";

        // An empty password would be an anonymous bind, which every name passes.
        if (login.Length is 0 or > MaxLogin || string.IsNullOrEmpty(password) || password.Length > MaxPassword || login.Contains('\0', StringComparison.Ordinal))
        {
            return Refused(checks, "Name and password", "Both have to be given.", LdapErrors.Wrong);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Limit);
        try
        {
            return await AskAsync(connection, login, password, checks, limit.Token);
        }
        catch (LdapUnreachableException e)
        {
            return Refused(checks, "Server", e.Message, LdapErrors.Unreachable);
        }
        catch (Exception e) when (e is LdapRefusedException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return Refused(checks, "Directory", e is OperationCanceledException ? $"It did not answer within {Limit.TotalSeconds} seconds." : e.Message, LdapErrors.Unreachable);
        }
    }

    private async Task<LdapResult> AskAsync(SignOnConnection connection, string login, string password, List<SignOnCheck> checks, CancellationToken ct)
    {
        var settings = connection.ReadSettings<LdapSettings>();
        await using var session = await directory.OpenAsync(settings, ct);
        checks.Add(new SignOnCheck("Server", Passed: true, $"{session.Server} answers, and its certificate is trusted."));
        if (!await SearchAsAsync(session, settings, connection, checks, ct))
        {
            return new LdapResult(checks, null, LdapErrors.Unreachable);
        }

        var (filter, fault) = LdapFilterParser.Parse(settings.UserFilter, LdapSettings.LoginPlace);
        var found = filter is null
            ? throw new LdapRefusedException(0, fault!)
            : await session.SearchAsync(settings.UserBase, filter, login, settings.PersonAttributes(), 2, ct);
        if (found.Count != 1)
        {
            // As long as for somebody who is there, so that the time does not tell.
            await session.BindAsync($"cn={Guid.NewGuid():n},{settings.UserBase}", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)), ct);
            return Refused(
                checks, "Person", found.Count == 0 ? "Nobody is found by this name." : "More than one entry is found by this name: the filter has to find one.", LdapErrors.Wrong);
        }

        var person = found[0];
        checks.Add(new SignOnCheck("Person", Passed: true, person.Dn));
        if (!await session.BindAsync(person.Dn, password, ct))
        {
            return Refused(checks, "Password", "The directory does not take it.", LdapErrors.Wrong);
        }

        checks.Add(new SignOnCheck("Password", Passed: true, "The directory takes it."));
        if (Text(person, settings.SubjectAttribute) is not { } subject)
        {
            return Refused(checks, "Subject", $"The entry has no '{settings.SubjectAttribute}', which would name the person for good.", LdapErrors.Incomplete);
        }

        if (!await SearchAsAsync(session, settings, connection, checks: null, ct))
        {
            return new LdapResult(checks, null, LdapErrors.Unreachable);
        }

        var groups = settings.GroupBase is null ? [] : await LdapGroups.ReadAsync(session, settings, person.Dn, MaxGroups, ct);
        if (settings.GroupBase is not null)
        {
            checks.Add(new SignOnCheck("Groups", Passed: true, groups.Count == 0 ? "None." : string.Join(", ", groups.Take(50))));
        }

        return new LdapResult(checks, Identity(settings, person, subject, groups), null);
    }

    /// <summary>Binds as the account that may search; where there is none, anybody may.</summary>
    private async Task<bool> SearchAsAsync(ILdapSession session, LdapSettings settings, SignOnConnection connection, List<SignOnCheck>? checks, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(settings.BindDn))
        {
            return true;
        }

        var password = secrets.Of(connection).GetValueOrDefault(LdapSettings.BindPassword);
        var isBound = !string.IsNullOrEmpty(password) && await session.BindAsync(settings.BindDn, password, ct);
        checks?.Add(new SignOnCheck("Bind account", isBound, isBound ? settings.BindDn : "The directory does not take its password."));
        return isBound;
    }

    private static ExternalIdentity Identity(LdapSettings settings, LdapEntry person, string subject, IReadOnlyList<string> groups) => new(
        subject,
        Text(person, settings.EmailAttribute),
        // The organization's own directory vouches for its addresses; which domains it may speak for is decided by what the organization verified.
        EmailVerified: true,
        Text(person, settings.NameAttribute),
        groups,
        [
            new ExternalClaim("dn", person.Dn),
            .. settings.PersonAttributes().SelectMany(name => Values(person, name).Select(value => new ExternalClaim(name, value))),
            .. groups.Select(group => new ExternalClaim(AccessMapping.Groups, group)),
        ]);

    private static string? Text(LdapEntry entry, string attribute) => Values(entry, attribute).FirstOrDefault(value => value.Length > 0);

    internal static IEnumerable<string> Values(LdapEntry entry, string attribute) =>
        entry.Attributes.TryGetValue(attribute, out var values) ? values.Select(value => Text(attribute, value)).OfType<string>() : [];

    /// <summary>Active Directory's ids are bytes.</summary>
    private static string? Text(string attribute, byte[] value)
    {
        if (attribute.Equals("objectGUID", StringComparison.OrdinalIgnoreCase) && value.Length == 16)
        {
            return new Guid(value).ToString();
        }

        try
        {
            return Strict.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            return Convert.ToHexStringLower(value);
        }
    }

    private static LdapResult Refused(List<SignOnCheck> checks, string name, string detail, SignOnRefusal refusal)
    {
        checks.Add(new SignOnCheck(name, Passed: false, detail));
        return new LdapResult(checks, null, refusal);
    }
}
