using System.Text.Json.Nodes;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Runtime;

namespace Loopai.Portal.Tests.Plugins.Runtime;

public sealed class SecretMaskTests
{
    [Theory]
    [InlineData("s3cr3t/+key", "401 for https://api.example.com?key=s3cr3t/+key", "401 for https://api.example.com?key=•••")]
    [InlineData("s3cr3t/+key", "401 for https://api.example.com?key=S3CR3T%2f%2bKEY!", "401 for https://api.example.com?key=•••!")]
    [InlineData("a\"b\\c\n", """{"key":"a\"b\\c\n"}""", """{"key":"•••"}""")]
    [InlineData("https://hooks.example.com/services/T0/B0/x1y2", "hooks.example.com answered 404 at /services/T0/B0/x1y2", "hooks.example.com answered 404 at •••")]
    [InlineData("on", "the on switch is on", "the on switch is on")]
    [InlineData("", "nothing", "nothing")]
    public void In_TextWithASecret_MasksEverySpelling(string secret, string text, string masked) =>
        SecretMask.Of(new PluginCapabilities { Secrets = ["key", "unset"] }, new JsonObject { ["key"] = secret, ["url"] = "nothing" }).In(text).ShouldBe(masked);

    [Theory]
    [InlineData("xxxxxxxx0123456789", "xxxxxxxx••")]
    [InlineData("01234567890123456789012345", "••")]
    [InlineData("xxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxx")]
    public void Beginning_SecretAcrossTheCut_IsMaskedOrLeftOut(string read, string kept)
    {
        var mask = SecretMask.Of(new PluginCapabilities { Secrets = ["key"] }, new JsonObject { ["key"] = "0123456789" });

        mask.Overlap.ShouldBeGreaterThanOrEqualTo(10);
        mask.Beginning(read, isWhole: read.Length < 20, 10).ShouldBe(kept);
        SecretMask.None.Beginning("0123456789", isWhole: false, 4).ShouldBe("0123");
    }

    [Fact]
    public void Verdict_SecretAcrossTheCut_IsMaskedBeforeTheReasonIsCut()
    {
        var mask = SecretMask.Of(new PluginCapabilities { Secrets = ["key"] }, new JsonObject { ["key"] = "0123456789" });
        var said = new JsonObject { ["verdict"] = "fail", ["reason"] = new string('x', HookAnswers.MaxReasonLength - 5) + "0123456789" };

        HookAnswers.Verdict(new PluginAnswer(PluginCallStatus.Answered, said, null, TimeSpan.Zero, ""), mask).Answer!.Reason!.ShouldEndWith("x•••");
    }
}
