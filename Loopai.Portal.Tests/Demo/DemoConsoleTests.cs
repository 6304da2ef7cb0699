using Loopai.Portal.Demo;

namespace Loopai.Portal.Tests.Demo;

public sealed class DemoConsoleTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Follow_Steps_AreToldWithCountsAndTheirEnd(bool interactive)
    {
        var output = new StringWriter();
        var progress = new DemoProgress(TimeProvider.System);

        using (new DemoConsole(output, interactive).Follow(progress))
        {
            progress.Begin(["Examples", "Programs"]);
            progress.Start(0);
            progress.Report(0, 2_000, 4_000);
            progress.End(0, DemoStepStatus.Done);
            progress.Start(1);
            progress.End(1, DemoStepStatus.Skipped, "No sandbox.");
            progress.Finish();
        }

        var text = output.ToString();
        text.ShouldContain("[1/2] Examples: 2,000 (");
        text.ShouldContain("[2/2] Programs: left out. No sandbox.");
        text.ShouldContain("The demo is ready");
        text.Contains('\e').ShouldBe(interactive);
    }

    [Fact]
    public void NewPassword_LongestPolicy_IsKept()
    {
        DemoOwner.NewPassword(128).Length.ShouldBeGreaterThanOrEqualTo(128);
        DemoOwner.NewPassword(12).ShouldMatch("^[a-z2-9]{5}(-[a-z2-9]{5}){3}$");
        DemoOwner.NewPassword(12).ShouldNotBe(DemoOwner.NewPassword(12));
    }
}
