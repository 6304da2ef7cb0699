using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loopai.Core.Errors;
using Loopai.Core.Identity.SignOn;

namespace Loopai.Core.Identity.Ldap;

/// <summary>LDAP's part in making and changing connections. One may be made before its server is known.</summary>
public sealed class LdapProtocol : ISignOnProtocol
{
    private const int MaxServers = 10;
    private const int MaxDn = 1_000;
    private const int MaxPem = 100_000;
    private static readonly JsonSerializerOptions Strict = new(SignOnJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    public SignOnKind Kind => SignOnKind.Ldap;

    public IReadOnlyList<string> SecretNames { get; } = [LdapSettings.BindPassword];

    public AcceptedSettings Accept(JsonElement settings, IReadOnlyDictionary<string, string> secrets, FieldErrors errors)
    {
        LdapSettings given;
        try
        {
            given = settings.Deserialize<LdapSettings>(Strict) ?? new LdapSettings();
        }
        catch (JsonException e)
        {
            errors.Add("settings", $"These are no settings of an LDAP connection: {e.Message.Split(" Path:")[0]} (at {e.Path ?? "$"})");
            return AcceptedSettings.NotSetUp("{}");
        }

        var accepted = Trimmed(given);
        if (accepted.Servers.Count == 0 && accepted.UserBase.Length == 0)
        {
            return AcceptedSettings.NotSetUp(JsonSerializer.Serialize(accepted, SignOnJson.Options));
        }

        Check(accepted, secrets, errors);

        // Who is found below another base, or by another id, is somebody else.
        var authority = $"{accepted.UserBase.ToLowerInvariant()} {accepted.SubjectAttribute.ToLowerInvariant()}";
        return new AcceptedSettings(JsonSerializer.Serialize(accepted, SignOnJson.Options), authority);
    }

    private static void Check(LdapSettings settings, IReadOnlyDictionary<string, string> secrets, FieldErrors errors)
    {
        var userFault = LdapFilterParser.Parse(settings.UserFilter, LdapSettings.LoginPlace).Fault;
        var groupFault = settings.Nesting == LdapNesting.ActiveDirectory ? null : LdapFilterParser.Parse(settings.GroupFilter, LdapSettings.DnPlace).Fault;
        errors
            .AddIf(settings.Servers.Count is 0 or > MaxServers, "settings.servers", $"Name 1 to {MaxServers} servers with their ports: dc1.acme.example:636.")
            .AddIf(settings.Servers.Any(s => LdapServer.Parse(s) is null), "settings.servers", "A server is a host and a port, such as dc1.acme.example:636.")
            .AddIf(CertificateFault(settings.CaCertificates) is not null, "settings.caCertificates", CertificateFault(settings.CaCertificates) ?? "")
            .AddIf(settings.UserBase.Length is 0 or > MaxDn, "settings.userBase", "Say below which entry people are: ou=people,dc=acme,dc=example.")
            .AddIf(settings.BindDn?.Length > MaxDn, "settings.bindDn", $"A name in the directory has at most {MaxDn} characters.")
            .AddIf(settings.BindDn is not null && string.IsNullOrEmpty(secrets.GetValueOrDefault(LdapSettings.BindPassword)), "secrets.bindPassword", "Give the bind account's password.")
            .AddIf(secrets.GetValueOrDefault(LdapSettings.BindPassword)?.Length > 1_000, "secrets.bindPassword", "A password has at most 1,000 characters.")
            .AddIf(userFault is not null, "settings.userFilter", userFault ?? "")
            .AddIf(settings.GroupBase?.Length > MaxDn, "settings.groupBase", $"A name in the directory has at most {MaxDn} characters.")
            .AddIf(settings.GroupBase is not null && groupFault is not null, "settings.groupFilter", groupFault ?? "");
        foreach (var (field, attribute) in new[]
        {
            ("subjectAttribute", settings.SubjectAttribute), ("emailAttribute", settings.EmailAttribute), ("nameAttribute", settings.NameAttribute),
            ("groupNameAttribute", settings.GroupNameAttribute),
        })
        {
            errors.AddIf(!IsAttribute(attribute), $"settings.{field}", "Name an attribute, such as mail.");
        }
    }

    private static LdapSettings Trimmed(LdapSettings given) => given with
    {
        Servers = [.. (given.Servers ?? []).Select(s => s?.Trim() ?? "").Where(s => s.Length > 0)],
        CaCertificates = Empty(given.CaCertificates),
        BindDn = Empty(given.BindDn),
        UserBase = given.UserBase?.Trim() ?? "",
        UserFilter = given.UserFilter?.Trim() ?? "",
        GroupBase = Empty(given.GroupBase),
        GroupFilter = given.GroupFilter?.Trim() ?? "",
        SubjectAttribute = given.SubjectAttribute?.Trim() ?? "",
        EmailAttribute = given.EmailAttribute?.Trim() ?? "",
        NameAttribute = given.NameAttribute?.Trim() ?? "",
        GroupNameAttribute = given.GroupNameAttribute?.Trim() ?? "",
    };

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static bool IsAttribute(string name) => name.Length is > 0 and <= 100 && char.IsAsciiLetter(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ';' or '.');

    private static string? CertificateFault(string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem.Length <= MaxPem ? pem : "");
            var found = certificates.Count;
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }

            return found > 0 ? null : "Paste the certificate authority's certificate as PEM, with its BEGIN and END lines.";
        }
        catch (CryptographicException)
        {
            return "This is no certificate in PEM form.";
        }
    }
}
