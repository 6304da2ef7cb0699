using System.Net;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;
using Loopai.Infrastructure.Outbound;
using Loopai.Infrastructure.Sandbox;
using Loopai.Infrastructure.Sandbox.Plugins;
using Loopai.Portal.Tests.Sandbox;
using static Loopai.Core.Plugins.Packages.PluginLanguage;
using static Loopai.Portal.Tests.Plugins.Runtime.PluginSandboxFixture;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>What plugins must not be able to do. Each costs its own answer: the next call of an honest plugin is answered.</summary>
public sealed class HostilePluginTests(PluginSandboxFixture plugins) : IClassFixture<PluginSandboxFixture>
{
    private static readonly PluginCode Honest = Code(Python, "def validate(execution, config): return 'honest'");

    [SandboxTheory]
    [InlineData(Python, "import socket\ndef validate(e, c): socket.create_connection(('127.0.0.1', 5432), 1)")]
    [InlineData(Python, "import socket\ndef validate(e, c): socket.socket(socket.AF_UNIX).connect('/run/dbus')")]
    [InlineData(Python, "import os\ndef validate(e, c):\n  while True: os.fork()")]
    [InlineData(Python, "import subprocess\ndef validate(e, c): subprocess.run(['/usr/bin/id'])")]
    [InlineData(Python, "def validate(e, c): open('/etc/passwd').read()")]
    [InlineData(Python, "def validate(e, c): open('/proc/1/environ').read()")]
    [InlineData(Python, "def validate(e, c): open('/tmp/x', 'w')")]
    [InlineData(JavaScript, "const validate = () => new Promise((_, no) => require('net').connect(5432, '127.0.0.1').on('error', no));")]
    [InlineData(JavaScript, "const validate = () => { for (;;) { const p = require('child_process').spawnSync(process.execPath, ['-e', '0']); if (p.error) throw p.error; } };")]
    [InlineData(JavaScript, "const validate = () => require('fs').readFileSync('/etc/passwd', 'utf8');")]
    [InlineData(JavaScript, "const validate = () => require('fs').readFileSync('/proc/1/environ', 'utf8');")]
    [InlineData(JavaScript, "const validate = () => require('fs').writeFileSync('/usr/lib/x', 'x');")]
    public async Task CallAsync_PluginReachesForTheMachine_IsRefused(PluginLanguage language, string code)
    {
        var answer = await CallBesideHonestAsync(Code(language, code));
        answer.Status.ShouldBe(PluginCallStatus.Failed);
        answer.Error!.ShouldMatch("not permitted|EPERM|No such file|ENOENT|Read-only|EROFS");
    }

    [SandboxTheory]
    [InlineData(Python, "def validate(e, c):\n  while True: pass")]
    [InlineData(JavaScript, "const validate = () => { for (;;); };")]
    [InlineData(JavaScript, "const validate = () => new Promise(() => setInterval(() => {}, 1000));")]
    public async Task CallAsync_PluginNeverEnds_TimesOut(PluginLanguage language, string code)
    {
        var answer = await CallBesideHonestAsync(Within(Code(language, code), 300));
        (answer.Status, answer.Error).ShouldBe((PluginCallStatus.TimedOut, "validate took longer than 300 ms"));
    }

    [SandboxTheory]
    [InlineData(Python, "def validate(e, c):\n  kept = []\n  while True: kept.append(bytearray(1 << 20))")]
    [InlineData(JavaScript, "const validate = () => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1)); };")]
    [InlineData(JavaScript, "const validate = () => { const kept = []; for (;;) kept.push({ n: kept.length }); };")]
    public async Task CallAsync_PluginEatsMemory_SaysSoWithTheLimit(PluginLanguage language, string code)
    {
        var answer = await CallBesideHonestAsync(Within(Code(language, code), 30_000));
        answer.Status.ShouldBe(PluginCallStatus.OutOfMemory, answer.Error);
        answer.Error!.ShouldContain("limit 64 MB");
    }

    [SandboxFact]
    public async Task CallAsync_PluginPrintsWithoutEnd_KeepsTheEndOrIsStopped()
    {
        var polite = await CallBesideHonestAsync(Code(Python, "def validate(e, c):\n  for n in range(100000): print('line', n)"));
        polite.Status.ShouldBe(PluginCallStatus.Answered);
        polite.Printed.Length.ShouldBeLessThanOrEqualTo(8192);
        polite.Printed.ShouldEndWith("line 99999\n");

        var rude = await CallBesideHonestAsync(Code(Python, "import os\ndef validate(e, c):\n  while True: os.write(1, b'x' * 65536)"));
        rude.Error.ShouldBe("the plugin printed more than 4096 KB in one run");
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef validate(e, c):\n  os.write(3, b'\\x02\\0\\0\\0' + bytes(13) + b'42' * 100)\n  return 1")]
    [InlineData(JavaScript, "const validate = () => { require('fs').writeSync(3, Buffer.alloc(40, 1)); return 1; };")]
    public async Task CallAsync_PluginForgesFrames_IsStopped(PluginLanguage language, string code)
    {
        var answer = await CallBesideHonestAsync(Code(language, code));
        (answer.Status, answer.Error).ShouldBe((PluginCallStatus.Failed, "the plugin closed or wrote to the sandbox's own channel"));
    }

    [SandboxTheory]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("""{"value": 1, "value": 2}""")]
    [InlineData("""{"printed": {"value": 1}}""")]
    public async Task CallAsync_PluginForgesItsWholeAnswer_IsOnlyAFailureOfItsOwn(string payload)
    {
        // The first call of a worker has sequence 2: the first was for loading.
        var code = $$"""
            import os, struct, time
            def validate(e, c):
              data = b'''{{payload}}'''
              os.write(3, struct.pack('<IIBd', len(data), 2, 0, 0.0) + data)
              time.sleep(60)
            """;
        var answer = await CallBesideHonestAsync(Code(Python, code));
        (answer.Status, answer.Error).ShouldBe((PluginCallStatus.Failed, "validate gave an answer that the sandbox did not write"));
    }

    [SandboxTheory]
    [InlineData(Python, "import os\ndef validate(e, c): return sorted(os.environ)")]
    [InlineData(JavaScript, "const validate = () => Object.keys(process.env).sort();")]
    public async Task CallAsync_PluginReadsEnvironment_SeesNothingOfThePortals(PluginLanguage language, string code)
    {
        var answer = await CallBesideHonestAsync(Code(language, code));
        answer.Value!.AsArray().Select(name => name!.GetValue<string>()).ShouldBeSubsetOf(["LC_CTYPE", "PWD"]);
    }

    [SandboxTheory]
    [InlineData(Python, "def validate(e, c):\n  n = 0\n  while True:\n    n += 1\n    try: loopai.fetch({'url': 'https://example.com'})\n    except Exception as error: return [n, str(error)]")]
    [InlineData(JavaScript, "const validate = () => { for (let n = 1; ; n++) { try { loopai.fetch({ url: 'https://example.com' }); } catch (e) { return [n, e.message]; } } };")]
    public async Task CallAsync_PluginFloodsTheNetwork_GetsTenRequests(PluginLanguage language, string code)
    {
        var network = new Canned();
        var answer = await plugins.ValidateAsync(Code(language, code), network: network);
        answer.Value!.ToJsonString().ShouldBe("""[11,"A call makes at most 10 requests."]""");
        network.Asked.Count.ShouldBe(10);
    }

    [SandboxFact]
    public async Task CallAsync_PluginFetchesFromAThreadItLeavesBehind_SpoilsNoLaterCall()
    {
        var code = Code(Python, """
            import threading
            said = []
            def flood():
              while len(said) < 1000000:
                try: said.append(loopai.fetch({'url': 'https://example.com'})['body'])
                except Exception as error: said.append(str(error))
            def validate(e, c):
              if e['n'] == 0: threading.Thread(target=flood, daemon=True).start()
              return e['n']
            """);
        for (var n = 0; n < 5; n++)
        {
            var answer = await plugins.ValidateAsync(code, $$$"""{"execution": {"n": {{{n}}}}}""");
            (answer.Error, answer.Value?.GetValue<int>()).ShouldBe((null, n));
        }
    }

    [SandboxTheory]
    [InlineData(Python, "def validate(e, c):\n  try: loopai.fetch({'url': 'https://example.com'})\n  except Exception as error: return [e['n'], str(error)]")]
    [InlineData(JavaScript, "const validate = e => { try { loopai.fetch({ url: 'https://example.com' }); } catch (error) { return [e.n, error.message]; } };")]
    public async Task CallAsync_HostFailsInAWayNobodyForesaw_PluginIsToldAndTheNextCallIsNotTakenForTheReply(PluginLanguage language, string code)
    {
        for (var n = 0; n < 2; n++)
        {
            var answer = await plugins.ValidateAsync(Code(language, code), $$$"""{"execution": {"n": {{{n}}}}}""", new Broken());
            (answer.Value?.ToJsonString()).ShouldBe($"[{n},\"The request failed: no such luck\"]", answer.Error);
        }
    }

    [SandboxFact]
    public async Task CallAsync_ManifestWantsMoreMemoryThanTheOperatorGives_TheOperatorsLimitHolds()
    {
        await using var programs = new BubblewrapSandbox(new SandboxOptions());
        await using var small = new BubblewrapPluginSandbox(new SandboxOptions { MaxWorkers = 1, MemoryMegabytes = 48 }, programs);
        var code = Code(Python, "def validate(e, c):\n  kept = []\n  while True: kept.append(bytearray(1 << 20))");

        var answer = await small.CallAsync(code with { Limits = new PluginLimits(TimeSpan.FromSeconds(30), 512) }, new PluginCall("validate", [], new Canned()), default);

        answer.Error!.ShouldContain("limit 48 MB");
    }

    [Theory]
    [InlineData("https://evil.example.net/", "The plugin does not declare the host evil.example.net in capabilities.network.")]
    [InlineData("https://localhost.evil.example.net/", "The plugin does not declare the host localhost.evil.example.net in capabilities.network.")]
    [InlineData("http://hooks.example.com/", "Give an https address without user information.")]
    [InlineData("https://hooks.example.com@evil.example.net/", "Give an https address without user information.")]
    [InlineData("file:///etc/passwd", "Give an https address without user information.")]
    public async Task SendAsync_AddressThatWasNotDeclared_IsRefused(string url, string reason)
    {
        var network = new PluginNetwork(GuardedHandler.Create(allowPrivateNetworks: false), host => host is "hooks.example.com");
        var refused = await Should.ThrowAsync<PluginNetworkException>(() => network.SendAsync(Get(url), CancellationToken.None));
        refused.Message.ShouldBe(reason);
    }

    [Fact]
    public async Task SendAsync_DeclaredHostIsPrivate_IsRefused()
    {
        var network = new PluginNetwork(GuardedHandler.Create(allowPrivateNetworks: false), _ => true);
        var refused = await Should.ThrowAsync<PluginNetworkException>(() => network.SendAsync(Get("https://localhost:5432/"), CancellationToken.None));
        refused.Message.ShouldContain("not a public address");
    }

    [Theory]
    [InlineData("http://localhost:1/elsewhere")]
    [InlineData("//[")]
    public async Task SendAsync_DeclaredHostRedirectsToAnotherOrNowhere_TheRedirectIsTheAnswer(string target)
    {
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var served = 0;
        var serving = Task.Run(async () =>
        {
            while (await listener.GetContextAsync() is { } context)
            {
                served++;
                context.Response.StatusCode = 302;
                context.Response.Headers["Location"] = target;
                context.Response.Close();
            }
        });

        var network = new PluginNetwork(GuardedHandler.Create(allowPrivateNetworks: true), host => host == "127.0.0.1");
        var answer = await network.SendAsync(Get($"http://127.0.0.1:{port}/"), CancellationToken.None);
        (answer.Status, answer.Headers["location"], served).ShouldBe((302, target, 1));
        listener.Stop();
        await Should.ThrowAsync<Exception>(() => serving);
    }

    private sealed class Broken : IPluginNetwork
    {
        public Task<PluginResponse> SendAsync(PluginRequest request, CancellationToken ct) => throw new UriFormatException("no such luck");
    }

    private static PluginRequest Get(string url) => new("GET", url, new Dictionary<string, string>(), null);

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task<PluginAnswer> CallBesideHonestAsync(PluginCode code)
    {
        var call = plugins.ValidateAsync(code);
        (await plugins.ValidateAsync(Honest)).Value!.GetValue<string>().ShouldBe("honest");
        var answer = await call;
        (await plugins.ValidateAsync(Honest)).Value!.GetValue<string>().ShouldBe("honest");
        return answer;
    }
}
