using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;

namespace Loopai.Portal.Tests.Plugins.Packages;

/// <summary>Makes a package that holds together; a test says only what is different about its own.</summary>
internal sealed class GivenPackage
{
    public const string Python = """
        import re

        def validate(execution, config):
            text = str(execution["output"].get("label", ""))
            pattern = config.get("pattern", "")
            if not pattern:
                return {"verdict": "unknown", "reason": "no pattern is configured"}
            return {"verdict": "pass"} if re.search(pattern, text) else {"verdict": "fail", "reason": "the label does not match"}
        """;

    public const string JavaScript = """
        exports.validate = function (execution, config) {
          const text = String((execution.output || {}).label || "");
          if (!config.pattern) return { verdict: "unknown", reason: "no pattern is configured" };
          return new RegExp(config.pattern).test(text) ? { verdict: "pass" } : { verdict: "fail", reason: "the label does not match" };
        };
        """;

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private GivenPackage(JsonObject manifest) => Manifest = manifest;

    public JsonObject Manifest { get; }

    public static GivenPackage Validator(string? code = null, string language = "python", string id = "acme.label-guard", string version = "1.0.0")
    {
        var entry = language == "python" ? "main.py" : "main.js";
        var given = new GivenPackage(new JsonObject
        {
            ["id"] = id, ["version"] = version, ["displayName"] = "Label guard", ["description"] = "Checks labels against a pattern.", ["kind"] = "validator", ["language"] = language,
            ["entry"] = entry, ["apiVersion"] = "^1.0", ["license"] = "MIT", ["categories"] = new JsonArray("text"), ["keywords"] = new JsonArray("regex"),
            ["configuration"] = JsonNode.Parse("""{"type":"object","properties":{"pattern":{"type":"string","description":"what labels look like"}}}"""),
            ["capabilities"] = JsonNode.Parse("""{"output":["label"],"timeoutMs":1000,"memoryMb":64}"""),
        });
        return given
            .File(entry, code ?? (language == "python" ? Python : JavaScript))
            .File("README.md", "# Label guard\n\nChecks labels.\n").File("CHANGELOG.md", "## 1.0.0\n\nThe first one.\n").File("LICENSE", "MIT License\n")
            .Tests("""{"cases":[{"name":"a label that matches passes","hook":"validate","arguments":{"execution":{"output":{"label":"spam"}},"config":{"pattern":"^(spam|ham)$"}},"expect":{"verdict":"pass"}}]}""");
    }

    public static GivenPackage Sampler(string code, string language = "python") => Validator(code, language, "acme.some-sampler").With("kind", "\"sampler\"")
        .Tests("""{"cases":[{"name":"decides","hook":"sample","arguments":{"execution":{"output":{"label":"spam"}},"state":null,"config":{}},"expect":{}}]}""");

    public static GivenPackage Handler(string code, string language = "javascript") => Validator(code, language, "acme.some-handler").With("kind", "\"webhook-handler\"")
        .With("capabilities", """{"network":["hooks.example.com"],"secrets":["webhookUrl"],"timeoutMs":1000,"memoryMb":64}""")
        .With("configuration", """{"type":"object","properties":{"webhookUrl":{"type":"string","format":"uri","writeOnly":true}}}""")
        .Tests("""{"cases":[{"name":"handles","hook":"handle","arguments":{"event":{"id":"1","type":"execution.failed","data":{}},"config":{"webhookUrl":"https://hooks.example.com/a"}},"expect":{}}]}""");

    public GivenPackage With(string member, string json)
    {
        Manifest[member] = JsonNode.Parse(json);
        return this;
    }

    public GivenPackage Without(string member)
    {
        Manifest.Remove(member);
        return this;
    }

    public GivenPackage File(string path, string text) => File(path, Encoding.UTF8.GetBytes(text));

    public GivenPackage File(string path, byte[] bytes)
    {
        _files[path] = bytes;
        return this;
    }

    public GivenPackage Tests(string json) => File("tests.json", json);

    public GivenPackage WithoutFile(string path)
    {
        _files.Remove(path);
        return this;
    }

    public RawZip Zip(RawZip? into = null)
    {
        var zip = into ?? new RawZip();
        zip.Add(PluginManifest.FileName, Manifest.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        foreach (var (path, bytes) in _files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            zip.Add(new RawEntry(path, bytes));
        }

        return zip;
    }

    public byte[] Build() => Zip().Build();

    public PluginPackage Read()
    {
        var (package, findings) = PluginPackageReader.Read(Build());
        findings.ShouldBeEmpty();
        return package!;
    }
}
