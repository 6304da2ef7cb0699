using Loopai.Core.Configuration;
using Loopai.Portal.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Loopai.Portal.Tests.Configuration;

public sealed class LoopaiConfigurationTests
{
    [Fact]
    public void CreateBuilder_FaultyArgument_SaysWhichAndHowToMendIt()
    {
        var errors = new StringWriter();

        LoopaiConfiguration.CreateBuilder(["--Portl:Url=x", "--Portal:Urll=x", "--Execution:QueueLimit=none"], errors).ShouldBeNull();

        errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(
        [
            "Portl is not a setting: did you mean Portal.",
            "Portal:Urll is not a setting: did you mean Portal:Url.",
            "Execution:QueueLimit is \"none\": give a whole number. "
                + "(appsettings.json, environment variable Execution__QueueLimit, or argument --Execution:QueueLimit)",
        ]);
    }

    [Fact]
    public async Task CreateBuilder_Argument_GoesBeforeTheFileAndReachesTheServices()
    {
        var builder = LoopaiConfiguration.CreateBuilder(["--Portal:PublicUrl=https://loopai.example.com/"], TextWriter.Null).ShouldNotBeNull();
        await using var app = builder.Build();

        app.Services.GetRequiredService<PortalSettings>().LinkBase().ShouldBe("https://loopai.example.com");
        app.Services.GetRequiredService<IOptions<PortalSettings>>().Value.ShouldBeSameAs(app.Services.GetRequiredService<PortalSettings>());
    }

    [Theory]
    [InlineData("/var/lib/loopai", "/var/lib/loopai")]
    [InlineData("data", "{root}/data")]
    public void DataDirectoryPath_IsFull_AndStartsAtTheCheckout(string setting, string path) =>
        new PortalSettings { DataDirectory = setting }.DataDirectoryPath()
            .ShouldBe(path.Replace("{root}", RepositoryRoot.Path, StringComparison.Ordinal));
}
