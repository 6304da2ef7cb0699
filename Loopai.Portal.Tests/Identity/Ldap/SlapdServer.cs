using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Loopai.Core.Identity.Ldap;

namespace Loopai.Portal.Tests.Identity.Ldap;

/// <summary>Debian's slapd with a small company in it, on loopback ports, with a certificate of a certificate authority of its own.</summary>
public sealed class SlapdServer : IAsyncLifetime
{
    public const string Reader = "cn=reader,dc=acme,dc=example";
    public const string ReaderPassword = "reads only";
    public const string Password = "correct horse";
    private const string MailDomain = "acme.example";

    /// <summary>Groups in a ring: staff holds engineers, engineers hold ann and themselves, and everybody holds staff.</summary>
    private const string Company = """
        dn: dc=acme,dc=example
        objectClass: dcObject
        objectClass: organization
        dc: acme
        o: Acme

        dn: cn=reader,dc=acme,dc=example
        objectClass: applicationProcess
        objectClass: simpleSecurityObject
        cn: reader
        userPassword: reads only

        dn: ou=people,dc=acme,dc=example
        objectClass: organizationalUnit
        ou: people

        dn: uid=ann,ou=people,dc=acme,dc=example
        objectClass: inetOrgPerson
        uid: ann
        cn: Ann Ärlig
        sn: Ärlig
        mail: ann@acme.example
        userPassword: correct horse

        dn: uid=bob,ou=people,dc=acme,dc=example
        objectClass: inetOrgPerson
        uid: bob
        cn: Bob (Builder) * \
        sn: Builder
        mail: bob@acme.example
        userPassword: correct horse

        dn: uid=twin1,ou=people,dc=acme,dc=example
        objectClass: inetOrgPerson
        uid: twin1
        cn: Twin
        sn: Twin
        mail: twin@acme.example
        userPassword: correct horse

        dn: uid=twin2,ou=people,dc=acme,dc=example
        objectClass: inetOrgPerson
        uid: twin2
        cn: Twin
        sn: Twin
        mail: twin@acme.example
        userPassword: correct horse

        dn: ou=groups,dc=acme,dc=example
        objectClass: organizationalUnit
        ou: groups

        dn: cn=engineers,ou=groups,dc=acme,dc=example
        objectClass: groupOfNames
        cn: engineers
        member: uid=ann,ou=people,dc=acme,dc=example
        member: cn=engineers,ou=groups,dc=acme,dc=example

        dn: cn=staff,ou=groups,dc=acme,dc=example
        objectClass: groupOfNames
        cn: staff
        member: cn=engineers,ou=groups,dc=acme,dc=example
        member: cn=everybody,ou=groups,dc=acme,dc=example

        dn: cn=everybody,ou=groups,dc=acme,dc=example
        objectClass: groupOfNames
        cn: everybody
        member: cn=staff,ou=groups,dc=acme,dc=example

        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("loopai-slapd-");
    private readonly DateTimeOffset _validUntil;
    private Process? _slapd;

    public SlapdServer()
        : this(DateTimeOffset.UtcNow.AddDays(2))
    {
    }

    private SlapdServer(DateTimeOffset validUntil) => _validUntil = validUntil;

    /// <summary>Of the people's addresses; its own for each server, since a domain belongs to one organization.</summary>
    public string Domain { get; } = $"d{Guid.NewGuid():n}.example";

    public int PlainPort { get; private set; }

    public int TlsPort { get; private set; }

    /// <summary>The certificate authority, which nobody but this connection trusts.</summary>
    public string Authority { get; private set; } = "";

    public static string? Program { get; } = Array.Find(["/usr/sbin/slapd", "/usr/libexec/slapd"], File.Exists);

    /// <summary>A server whose certificate has expired.</summary>
    public static async Task<SlapdServer> StartExpiredAsync()
    {
        var server = new SlapdServer(DateTimeOffset.UtcNow.AddDays(-1));
        await server.InitializeAsync();
        return server;
    }

    public LdapSettings Settings(LdapSecurity security = LdapSecurity.Ldaps) => new()
    {
        Servers = [$"localhost:{(security == LdapSecurity.Ldaps ? TlsPort : PlainPort)}"], Security = security, CaCertificates = Authority, BindDn = Reader,
        UserBase = "ou=people,dc=acme,dc=example", GroupBase = "ou=groups,dc=acme,dc=example", Nesting = LdapNesting.Steps,
    };

    public async Task InitializeAsync()
    {
        (PlainPort, TlsPort) = (FreePort(), FreePort());
        WriteCertificates();
        Directory.CreateDirectory(In("data"));
        await File.WriteAllTextAsync(In("company.ldif"), Company.Replace(MailDomain, Domain, StringComparison.Ordinal));
        await File.WriteAllTextAsync(In("slapd.conf"), $"""
            include /etc/ldap/schema/core.schema
            include /etc/ldap/schema/cosine.schema
            include /etc/ldap/schema/inetorgperson.schema
            pidfile {In("slapd.pid")}
            modulepath /usr/lib/ldap
            moduleload back_mdb
            TLSCACertificateFile {In("ca.pem")}
            TLSCertificateFile {In("server.pem")}
            TLSCertificateKeyFile {In("server.key")}
            database mdb
            suffix "dc=acme,dc=example"
            directory {In("data")}
            access to attrs=userPassword by anonymous auth by * none
            access to * by dn.exact="{Reader}" read by * none

            """);
        using (var load = Start("-T", "add", "-f", In("slapd.conf"), "-l", In("company.ldif")))
        {
            await load.WaitForExitAsync();
            load.ExitCode.ShouldBe(0, await load.StandardError.ReadToEndAsync());
        }

        _slapd = Start("-f", In("slapd.conf"), "-h", $"ldap://127.0.0.1:{PlainPort} ldaps://127.0.0.1:{TlsPort}", "-d", "0");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await AnswersAsync(PlainPort) || !await AnswersAsync(TlsPort))
        {
            _slapd.HasExited.ShouldBeFalse("slapd ended");
            await Task.Delay(20, deadline.Token);
        }
    }

    public async Task StopAsync()
    {
        if (_slapd is { HasExited: false })
        {
            _slapd.Kill();
            await _slapd.WaitForExitAsync();
        }
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        _slapd?.Dispose();
        _folder.Delete(recursive: true);
    }

    private string In(string name) => Path.Combine(_folder.FullName, name);

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program!) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        Array.ForEach(arguments, start.ArgumentList.Add);
        return Process.Start(start)!;
    }

    private void WriteCertificates()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Acme test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(3));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var server = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        server.CertificateExtensions.Add(names.Build());
        using var certificate = server.Create(authority, DateTimeOffset.UtcNow.AddDays(-2), _validUntil, RandomNumberGenerator.GetBytes(8));
        Authority = authority.ExportCertificatePem();
        File.WriteAllText(In("ca.pem"), Authority);
        File.WriteAllText(In("server.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(In("server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> AnswersAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>A test that needs Debian's slapd; skipped with one message where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SlapdFactAttribute : FactAttribute
{
    public SlapdFactAttribute() => Skip = SlapdServer.Program is null ? "slapd is not installed; test.sh installs it." : null;
}
