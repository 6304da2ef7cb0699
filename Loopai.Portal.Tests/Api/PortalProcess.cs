using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Loopai.Core.Tasks;
using Loopai.Portal.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Loopai.Portal.Tests.Api;

/// <summary>A portal in a process of its own, with its embedded database: to be killed, or to lose its database.</summary>
internal sealed class PortalProcess : IDisposable
{
    private readonly Process _process;

    private PortalProcess(Process process, PortalAnnouncement announcement)
    {
        _process = process;
        Announcement = announcement;
        Client = new HttpClient { BaseAddress = new Uri(announcement.Address + "/api/v1/"), Timeout = TimeSpan.FromSeconds(60) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", announcement.Key);
    }

    public PortalAnnouncement Announcement { get; }

    public HttpClient Client { get; }

    /// <summary>What the process does; see <see cref="ChildProcess"/>. On its first start it makes an organization with a spam filter.</summary>
    public static async Task RunAsync(string dataDirectory)
    {
        var portal = await PortalHost.StartAsync(
            ["--Portal:Url=http://127.0.0.1:0", $"--Portal:DataDirectory={dataDirectory}", "--Logging:LogLevel:Default=Critical"], Console.Error);
        var notes = Path.Combine(dataDirectory, "test-announcement.json");
        var announcement = File.Exists(notes) ? JsonSerializer.Deserialize<PortalAnnouncement>(await File.ReadAllTextAsync(notes))! : await FillAsync(portal!.App.Services);
        await File.WriteAllTextAsync(notes, JsonSerializer.Serialize(announcement));
        Console.WriteLine(JsonSerializer.Serialize(announcement with { Address = portal!.App.Urls.Single() }));
        await Console.In.ReadToEndAsync();
        await PortalFixture.StopAsync(portal);
    }

    /// <summary>One instance more over a database that is there.</summary>
    public static async Task RunWithAsync(string[] settings)
    {
        var portal = await PortalHost.StartAsync(["--Portal:Url=http://127.0.0.1:0", "--Logging:LogLevel:Default=Critical", .. settings], Console.Error);
        Console.WriteLine(JsonSerializer.Serialize(new PortalAnnouncement(portal!.App.Urls.Single(), "", Guid.Empty)));
        await Console.In.ReadToEndAsync();
        await PortalFixture.StopAsync(portal);
    }

    public static Task<PortalProcess> StartAsync(string dataDirectory) => StartAsync(["portal", dataDirectory]);

    public static Task<PortalProcess> StartWithAsync(params string[] settings) => StartAsync(["portal-with", .. settings]);

    private static async Task<PortalProcess> StartAsync(string[] arguments)
    {
        var child = Process.Start(new ProcessStartInfo("dotnet", ["exec", typeof(PortalProcess).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        string? line;
        do
        {
            line = await child.StandardOutput.ReadLineAsync();
        }
        while (line is not (null or ['{', ..]));

        return new PortalProcess(child, JsonSerializer.Deserialize<PortalAnnouncement>(line.ShouldNotBeNull())!);
    }

    /// <summary>SIGKILL, to this one process.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>The way a service manager would: everything is finished first.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static async Task<PortalAnnouncement> FillAsync(IServiceProvider services)
    {
        var organization = await PortalFixture.AddOrganizationAsync(services, "acme");
        var (task, _) = await services.GetRequiredService<TaskService>().CreateAsync(
            organization.Owner,
            new TaskSpecification { Name = "Spam", InputSchema = PortalTasks.InputSchema, OutputSchema = PortalTasks.OutputSchema },
            CancellationToken.None);
        await PortalTasks.AddVersionAsync(services, organization, task.Id);
        return new PortalAnnouncement("", organization.Key, task.Id);
    }
}

/// <summary>Where the portal is, and what is in it.</summary>
internal sealed record PortalAnnouncement(string Address, string Key, Guid Task);
