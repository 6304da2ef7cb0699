using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Loopai.Portal.Tests.Browser;

/// <summary>A page of the portal in its own browser profile.</summary>
public sealed class PortalPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> errors = new();

    public PortalPage(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.PageError += (_, error) => errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Enqueue(message.Text);
            }
        };
    }

    public IPage Page { get; }

    /// <summary>What the browser complained of: a script that threw, a file that is missing.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    /// <summary>Opens the address and waits until the page answers to clicks.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.Locator("#main").WaitForAsync();
        // Prerendered markup is visible before the circuit listens; the shell marks the moment when it does.
        await Page.Locator("html[data-live], .auth").First.WaitForAsync(new LocatorWaitForOptions { State = WaitForSelectorState.Attached });
    }

    /// <summary>Axe's findings against WCAG 2.1 A and AA, each as one line.</summary>
    public async Task<IReadOnlyList<string>> ViolationsAsync()
    {
        var result = await Page.RunAxe(new Deque.AxeCore.Commons.AxeRunOptions
        {
            RunOnly = new Deque.AxeCore.Commons.RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] },
        });
        return [.. result.Violations.SelectMany(found => found.Nodes.Select(node => $"{found.Id}: {node.Target} {node.Any.FirstOrDefault()?.Message} {node.Html[..Math.Min(160, node.Html.Length)]}"))];
    }

    /// <summary>What is open now stands on a telephone too: it does not scroll sideways, and axe finds nothing.</summary>
    public async Task ShouldFitAPhoneAsync()
    {
        var before = Page.ViewportSize!;
        await Page.SetViewportSizeAsync(390, 844);
        (await ViolationsAsync()).ShouldBeEmpty();
        (await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth")).ShouldBeTrue("the page must not scroll sideways");
        await Page.SetViewportSizeAsync(before.Width, before.Height);
    }

    /// <summary>Keeps a picture for people to look at, when SCREENSHOTS names a folder.</summary>
    public async Task KeepScreenshotAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
        }
    }

    /// <summary>The same in both themes, wide and on a telephone.</summary>
    public async Task KeepScreenshotsAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is not { Length: > 0 })
        {
            return;
        }

        var before = Page.ViewportSize!;
        foreach (var (scheme, width) in new[] { (ColorScheme.Dark, 390), (ColorScheme.Light, 390), (ColorScheme.Dark, 1440), (ColorScheme.Light, 1440) })
        {
            await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            await Page.SetViewportSizeAsync(width, 900);
            await KeepScreenshotAsync($"{name}-{width}-{scheme}".ToLowerInvariant());
        }

        await Page.SetViewportSizeAsync(before.Width, before.Height);
    }

    public ValueTask DisposeAsync() => new(context.CloseAsync());
}
