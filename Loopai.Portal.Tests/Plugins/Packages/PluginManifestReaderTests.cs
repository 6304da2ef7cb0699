using System.Text;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Packages;

public sealed class PluginManifestReaderTests
{
    [Fact]
    public void Read_WholeManifest_HasEverything()
    {
        var manifest = GivenPackage.Validator().With("dependencies", """{"acme.shared":"^1.4"}""")
            .With("configuration", """{"type":"object","properties":{"webhookUrl":{"type":"string","writeOnly":true}}}""")
            .With("capabilities", """{"network":["hooks.slack.com","*.example.com"],"secrets":["webhookUrl"],"input":"*","output":["label"],"timeoutMs":500,"memoryMb":64}""")
            .Read().Manifest;

        manifest.Id.Key.ShouldBe("acme.label-guard");
        manifest.Kind.ShouldBe(PluginKind.Validator);
        manifest.Dependencies["acme.shared"].ToString().ShouldBe("^1.4");
        manifest.Capabilities.AllowsHost("a.example.com").ShouldBeTrue();
        manifest.Capabilities.AllowsHost("example.com").ShouldBeFalse();
        manifest.Capabilities.AllowsHost("badexample.com").ShouldBeFalse();
        manifest.Capabilities.Input.IsAll.ShouldBeTrue();
        manifest.Capabilities.Output.Covers("label").ShouldBeTrue();
        manifest.Capabilities.Output.Covers("reason").ShouldBeFalse();
    }

    [Fact]
    public void Read_ManyFaults_TellsAllWithTheirLines()
    {
        var (manifest, findings) = Read("""
            {
              "id": "Acme.guard",
              "version": "1.2",
              "displayNme": "Guard",
              "description": "x",
              "kind": "validater",
              "language": "python",
              "entry": "main.js",
              "apiVersion": "^2.0",
              "license": "Apache2.0",
              "configuration": { "type": "object", "properties": { "key": { "type": "string", "writeOnly": true } } },
              "capabilities": { "network": ["https://x.example.com", "*.com"], "timeoutMs": 5 }
            }
            """);

        manifest.ShouldBeNull();
        findings.Select(f => (f.Pointer, f.Line)).ShouldBe(
            [
                ("/id", 2), ("/version", 3), ("/displayNme", 4), ("", 1), ("/kind", 6), ("/entry", 8), ("/apiVersion", 9), ("/license", 10), ("/capabilities", 12),
                ("/capabilities/network/0", 12), ("/capabilities/network/1", 12), ("/capabilities/timeoutMs", 12),
            ],
            ignoreOrder: true);
        findings.Single(f => f.Pointer == "/displayNme").Mend.ShouldContain("'displayName'");
        findings.Single(f => f.Pointer == "/kind").Mend.ShouldContain("'validator'");
        findings.Single(f => f.Pointer == "/license").Mend.ShouldContain("'Apache-2.0'");
    }

    [Theory]
    [InlineData("{ \"id\": ", "manifest.not-json")]
    [InlineData("[]", "manifest.invalid")]
    [InlineData("{\"id\":\"\\ud800\"}", "manifest.not-json")]
    [InlineData("{\"id\":\"a.b\",\"id\":\"c.d\"}", "manifest.repeated-field")]
    [InlineData("{\"capabilities\":[]}", "manifest.invalid")]
    public void Read_OddText_TellsWhatIsWrong(string json, string rule) => Read(json).Findings.ShouldContain(f => f.Rule == rule);

    [Theory]
    [InlineData("MIT", true, null)]
    [InlineData("MIT OR GPL-3.0-only", true, null)]
    [InlineData("MIT AND GPL-3.0-only", false, null)]
    [InlineData("(MIT OR Apache-2.0) AND BSD-3-Clause", true, null)]
    [InlineData("GPL-2.0-only WITH Classpath-exception-2.0", false, null)]
    [InlineData("LicenseRef-ours", false, null)]
    [InlineData("MIT OR", false, "SPDX")]
    [InlineData("(MIT", false, "bracket")]
    [InlineData("mit licence", false, "no licence")]
    [InlineData("MIT!", false, "SPDX")]
    public void License_Expression_IsRead(string text, bool isPermissive, string? fault)
    {
        var (expression, said) = LicenseExpression.Read(text);

        (expression?.IsPermissive ?? false).ShouldBe(isPermissive);
        (said is null).ShouldBe(fault is null);
        said?.ShouldContain(fault!);
    }

    private static (PluginManifest? Manifest, IReadOnlyList<PluginFinding> Findings) Read(string json) => PluginManifestReader.Read(Encoding.UTF8.GetBytes(json));
}
