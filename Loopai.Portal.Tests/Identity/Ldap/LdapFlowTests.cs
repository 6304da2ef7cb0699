using System.Text.Json;
using Loopai.Core.Identity.Ldap;
using Loopai.Core.Identity.SignOn;
using Loopai.Infrastructure.Ldap;
using Microsoft.AspNetCore.DataProtection;

namespace Loopai.Portal.Tests.Identity.Ldap;

/// <summary>Against Debian's slapd: who comes in, who does not, and what is said to whom.</summary>
public sealed class LdapFlowTests(LdapFlowTests.Slapd slapd) : IClassFixture<LdapFlowTests.Slapd>
{
    private readonly SignOnSecrets secrets = new(new EphemeralDataProtectionProvider());

    private SlapdServer Server => slapd.Server!;

    [SlapdFact]
    public async Task Authenticate_OverLdapsAndStartTls_ReadsThePersonAndNestedGroups()
    {
        foreach (var (security, login) in new[] { (LdapSecurity.Ldaps, "ann"), (LdapSecurity.StartTls, $" ANN@{Server.Domain} ") })
        {
            var result = await AskAsync(Server.Settings(security), login, SlapdServer.Password);

            var identity = result.Identity.ShouldNotBeNull(string.Join("; ", result.Checks));
            Guid.TryParse(identity.Subject, out _).ShouldBeTrue("entryUUID names the person for good");
            (identity.Email, identity.EmailVerified, identity.DisplayName).ShouldBe(($"ann@{Server.Domain}", true, "Ann Ärlig"));
            identity.Groups.ShouldBe(["engineers", "everybody", "staff"], "a ring of groups ends");
            identity.Claims.ShouldContain(new ExternalClaim("dn", "uid=ann,ou=people,dc=acme,dc=example"));
            result.Checks.Select(c => (c.Name, c.Passed)).ShouldBe([("Server", true), ("Bind account", true), ("Person", true), ("Password", true), ("Groups", true)]);
        }
    }

    [SlapdFact]
    public async Task Authenticate_WithoutNesting_ReadsDirectGroupsAlone_AndNoneWhereTheyDoNotMatter()
    {
        (await AskAsync(Server.Settings() with { Nesting = LdapNesting.None }, "ann", SlapdServer.Password)).Identity!.Groups.ShouldBe(["engineers"]);
        (await AskAsync(Server.Settings() with { GroupBase = null }, "ann", SlapdServer.Password)).Identity!.Groups.ShouldBeEmpty();
        (await AskAsync(Server.Settings(), "bob", SlapdServer.Password)).Identity!.Groups.ShouldBeEmpty();
    }

    [SlapdFact]
    public async Task Authenticate_WrongOrEmptyOrInjected_LetsNobodyIn()
    {
        foreach (var (login, password, check) in new[]
        {
            ("ann", "wrong", "Password"),
            ("ann", "", "Name and password"),
            ("", SlapdServer.Password, "Name and password"),
            ("nobody", SlapdServer.Password, "Person"),
            ("*", SlapdServer.Password, "Person"),
            ("ann)(objectClass=*", SlapdServer.Password, "Person"),
            ("*)(|(uid=*", SlapdServer.Password, "Person"),
            ("\\2a", SlapdServer.Password, "Person"),
            ($"twin@{Server.Domain}", SlapdServer.Password, "Person"),
            ("ann\0", SlapdServer.Password, "Name and password"),
        })
        {
            var result = await AskAsync(Server.Settings(), login, password);

            result.Identity.ShouldBeNull(login);
            result.Checks[^1].ShouldSatisfyAllConditions(last => last.Name.ShouldBe(check), last => last.Passed.ShouldBeFalse());
            result.Refusal!.Message.ShouldBe("This name and password do not fit together. Check both and try again.");
        }
    }

    [SlapdFact]
    public async Task Authenticate_ServerThatCannotBeTrusted_IsNotTalkedTo()
    {
        await using var expired = new Expired(await SlapdServer.StartExpiredAsync());
        foreach (var settings in new[]
        {
            Server.Settings() with { CaCertificates = null },
            Server.Settings() with { CaCertificates = expired.Server.Authority },
            Server.Settings() with { Servers = [$"127.0.0.1:{Server.TlsPort}"] },
            Server.Settings(LdapSecurity.StartTls) with { CaCertificates = null },
            expired.Server.Settings(),
            Server.Settings() with { Servers = [$"localhost:{Server.PlainPort}"] },
        })
        {
            var result = await AskAsync(settings, "ann", SlapdServer.Password);

            result.Identity.ShouldBeNull();
            result.Checks.Single().Name.ShouldBe("Server", settings.ToString());
            result.Refusal!.Code.ShouldBe("sign_on.directory_unavailable");
        }

        (await AskAsync(expired.Server.Settings(), "ann", SlapdServer.Password)).Checks.Single().Detail.ShouldContain("NotTimeValid");
    }

    [SlapdFact]
    public async Task Authenticate_FirstServerDown_AsksTheNext_AndPrivateOnesOnlyWhereAllowed()
    {
        var settings = Server.Settings() with { Servers = ["localhost:1", $"localhost:{Server.TlsPort}"] };
        (await AskAsync(settings, "ann", SlapdServer.Password)).Identity.ShouldNotBeNull();
        (await AskAsync(settings with { Servers = ["localhost:1"] }, "ann", SlapdServer.Password)).Checks.Single().Detail.ShouldStartWith("localhost:1:");

        var guarded = await AskAsync(settings, "ann", SlapdServer.Password, allowPrivateNetworks: false);

        guarded.Checks.Single().Detail.ShouldContain("not a public address");
    }

    [SlapdFact]
    public async Task Authenticate_WrongSettings_AreToldToWhoTests()
    {
        (await AskAsync(Server.Settings(), "ann", SlapdServer.Password, bindPassword: "other")).Checks[^1].Name.ShouldBe("Bind account");
        (await AskAsync(Server.Settings() with { UserBase = "ou=nowhere,dc=acme,dc=example" }, "ann", SlapdServer.Password)).Checks[^1].Detail.ShouldContain("result 32");
        (await AskAsync(Server.Settings() with { SubjectAttribute = "employeeNumber" }, "ann", SlapdServer.Password)).Checks[^1].Name.ShouldBe("Subject");
    }

    private async Task<LdapResult> AskAsync(LdapSettings settings, string login, string password, bool allowPrivateNetworks = true, string bindPassword = SlapdServer.ReaderPassword)
    {
        var organization = Guid.NewGuid();
        var connection = new SignOnConnection
        {
            Id = Guid.NewGuid(), OrganizationId = organization, Kind = SignOnKind.Ldap, Name = "Directory", Settings = JsonSerializer.Serialize(settings, SignOnJson.Options),
            Secrets = secrets.Protect(organization, new Dictionary<string, string>(StringComparer.Ordinal) { [LdapSettings.BindPassword] = bindPassword }),
            CreatedBy = "test", CreatedAt = DateTimeOffset.UtcNow, ChangedAt = DateTimeOffset.UtcNow,
        };
        return await new LdapFlow(new LdapDirectory(allowPrivateNetworks), secrets).AuthenticateAsync(connection, login, password, default);
    }

    /// <summary>The server, where there is one to start.</summary>
    public sealed class Slapd : IAsyncLifetime
    {
        public SlapdServer? Server { get; } = SlapdServer.Program is null ? null : new SlapdServer();

        public Task InitializeAsync() => Server?.InitializeAsync() ?? Task.CompletedTask;

        public Task DisposeAsync() => Server?.DisposeAsync() ?? Task.CompletedTask;
    }

    private sealed class Expired(SlapdServer server) : IAsyncDisposable
    {
        public SlapdServer Server => server;

        public ValueTask DisposeAsync() => new(server.DisposeAsync());
    }
}
