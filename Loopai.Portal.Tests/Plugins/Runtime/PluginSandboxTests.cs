using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;
using Loopai.Portal.Tests.Sandbox;
using static Loopai.Core.Plugins.Packages.PluginLanguage;
using static Loopai.Portal.Tests.Plugins.Runtime.PluginSandboxFixture;

namespace Loopai.Portal.Tests.Plugins.Runtime;

/// <summary>How the hooks of honest plugins are called.</summary>
public sealed class PluginSandboxTests(PluginSandboxFixture plugins) : IClassFixture<PluginSandboxFixture>
{
    [SandboxTheory]
    [InlineData(Python, "def validate(execution, config):\n  print('seen', execution['id'])\n  return {'verdict': 'pass', 'score': config['share']}")]
    [InlineData(JavaScript, "async function validate(execution, config) {\n  console.log('seen', execution.id);\n  return { verdict: 'pass', score: config.share };\n}")]
    public async Task CallAsync_Hook_GetsItsArgumentsAndAnswers(PluginLanguage language, string code)
    {
        var answer = await plugins.ValidateAsync(Code(language, code), """{"execution": {"id": 7}, "config": {"share": 0.5}}""");
        answer.Error.ShouldBeNull();
        answer.Status.ShouldBe(PluginCallStatus.Answered);
        answer.Value!.ToJsonString().ShouldBe("""{"verdict":"pass","score":0.5}""");
        answer.Printed.ShouldBe("seen 7\n");
    }

    [SandboxTheory]
    [InlineData(Python, "import words\nfrom lib import more\ndef validate(execution, config): return [words.LIST, more.shout('a'), loopai.read('lib/data.txt'), loopai.require('acme.shared').twice(4)]",
        "words.py", "LIST = ['x']", "lib/more.py", "def shout(text): return text.upper()", "def twice(n): return n * 2")]
    [InlineData(JavaScript, "const words = require('./words'); const more = require('./lib/more.js');\nexports.validate = () => [words, more.shout('a'), loopai.read('lib/data.txt'), loopai.require('acme.shared').twice(4)];",
        "words.json", """["x"]""", "lib/more.js", "exports.shout = text => text.toUpperCase();", "exports.twice = n => n * 2;")]
    public async Task CallAsync_PackageOfSeveralFiles_ReadsItsOwnAndItsDependencies(
        PluginLanguage language, string code, string first, string firstText, string second, string secondText, string dependency)
    {
        var package = Code(language, code, (first, firstText), (second, secondText), ("lib/data.txt", "d"));
        var shared = Code(language, dependency, (first, "of another package"));
        var answer = await plugins.ValidateAsync(package with { Dependencies = new Dictionary<string, PluginCode> { ["acme.shared"] = shared } });
        answer.Error.ShouldBeNull();
        answer.Value!.ToJsonString().ShouldBe("""[["x"],"A","d",8]""");
    }

    [SandboxTheory]
    [InlineData(Python, "def validate(execution, config): return loopai.fetch({'url': 'https://example.com/a', 'method': 'POST', 'headers': {'x-a': 'b'}, 'body': 'ping'})['body']")]
    [InlineData(JavaScript, "const validate = async () => (await loopai.fetch({ url: 'https://example.com/a', method: 'POST', headers: { 'x-a': 'b' }, body: 'ping' })).body;")]
    public async Task CallAsync_PluginFetches_HostIsAskedForIt(PluginLanguage language, string code)
    {
        var network = new Canned();
        var answer = await plugins.ValidateAsync(Code(language, code), network: network);
        answer.Error.ShouldBeNull();
        answer.Value!.GetValue<string>().ShouldBe("pong");
        var request = network.Asked.ShouldHaveSingleItem();
        (request.Method, request.Url, request.Headers["X-A"], request.Body).ShouldBe(("POST", "https://example.com/a", "b", "ping"));
    }

    [SandboxTheory]
    [InlineData(Python, "def validate(execution, config):\n  return 1 / 0", "ZeroDivisionError: division by zero (main.py, line 2)")]
    [InlineData(Python, "def judge(): pass", "the plugin does not define validate(execution, config)")]
    [InlineData(Python, "def validate(execution, config): return {1, 2}", "validate returned a value that JSON cannot express: Object of type set is not JSON serializable")]
    [InlineData(JavaScript, "function validate() {\n  return missing.field;\n}", "ReferenceError: missing is not defined (main.js, line 2)")]
    [InlineData(JavaScript, "function validate() { return NaN; }", "validate returned a value that JSON cannot express: NaN")]
    [InlineData(JavaScript, "function validate() { return 'x'.repeat(70000); }", "validate returned 70,025 bytes of JSON; at most 65,536 are allowed")]
    public async Task CallAsync_HookFails_SaysWhere(PluginLanguage language, string code, string error)
    {
        var answer = await plugins.ValidateAsync(Code(language, code));
        (answer.Status, answer.Error).ShouldBe((PluginCallStatus.Failed, error));
    }

    [SandboxTheory]
    [InlineData(Python, "seen = []\ndef validate(execution, config):\n  seen.append(execution['who'])\n  return seen")]
    [InlineData(JavaScript, "const seen = [];\nfunction validate(execution) { seen.push(execution.who); return seen; }")]
    public async Task CallAsync_TwoTenants_DoNotMeetInTheGlobalsOfAWorker(PluginLanguage language, string code)
    {
        var package = Code(language, code);
        var answers = new List<string>();
        foreach (var who in new[] { "a", "b", "a" })
        {
            answers.Add((await plugins.ValidateAsync(package with { Isolation = who }, $$$"""{"execution": {"who": "{{{who}}}"}}""")).Value!.ToJsonString());
        }

        answers.ShouldBe(["""["a"]""", """["b"]""", """["a","a"]"""]);
    }
}
