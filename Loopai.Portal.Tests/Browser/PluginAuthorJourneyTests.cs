using System.IO.Compression;
using System.Text;
using Loopai.Portal.Tests.Plugins.Registry;
using Loopai.Portal.Tests.Sandbox;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Loopai.Portal.Tests.Browser;

public sealed class PluginAuthorJourneyTests(PortalVisit visit) : IClassFixture<PortalVisit>
{
    private static readonly LocatorAssertionsToBeVisibleOptions Patient = new() { Timeout = 30_000 };

    [SandboxFact]
    public async Task Template_FilledIn_IsStoppedMendedAndPublished_AndFoundInTheMarketplace()
    {
        var acme = await visit.Portal.AddOrganizationAsync("acme");
        await using var opened = await visit.SignInAsync(acme, $"/o/{acme.Slug}/plugins/publishers");
        var page = opened.Page;
        page.SetDefaultTimeout(30_000);
        var name = GivenRegistry.NewName();

        await page.GetByRole(AriaRole.Button, new() { Name = "Take a name" }).ClickAsync();
        await page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await page.GetByRole(AriaRole.Button, new() { Name = "Take the name" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Submit a package" }).ClickAsync();

        // The template, as the page hands it out: under the name that was taken.
        await Expect(page.GetByText($"{name}.label-length")).ToBeVisibleAsync(Patient);
        var downloading = page.WaitForDownloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Python" }).ClickAsync();
        var template = await ReadAsync(await downloading);
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        // What the scan stops is shown with file and line; the version stays free.
        await SubmitAsync(page, Pack(template, hook => hook + "\ndef later(text):\n    return eval(text)\n"));
        await Expect(page.GetByText("main.py:", new() { Exact = false }).First).ToBeVisibleAsync(Patient);
        await Expect(page.GetByLabel("Source of main.py")).ToContainTextAsync("eval(text)");
        (await opened.ViolationsAsync()).ShouldBeEmpty();
        await opened.ShouldFitAPhoneAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Submit again" }).ClickAsync();

        await SubmitAsync(page, Pack(template, hook => hook));
        await Expect(page.GetByText("Published.", new() { Exact = true })).ToBeVisibleAsync(Patient);
        await Expect(page.GetByRole(AriaRole.List, new() { Name = "Steps" }).GetByText("passed", new() { Exact = true })).ToHaveCountAsync(4);
        await page.GetByText("Its own cases and ours").ClickAsync();
        await Expect(page.GetByLabel("Log of test")).ToContainTextAsync("an output that is a text is the label");
        (await opened.ViolationsAsync()).ShouldBeEmpty();

        await opened.GoAsync($"/o/{acme.Slug}/plugins?q=label+length");
        await page.GetByRole(AriaRole.Link, new() { Name = "Label length" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Label length", Level = 1 })).ToBeVisibleAsync(Patient);
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Install", Exact = true })).ToBeVisibleAsync(Patient);

        // What was checked, and what it is made of, in words.
        await opened.GoAsync($"/o/{acme.Slug}/plugins/{name}.label-length/checks");
        await Expect(page.GetByText("Came by")).ToBeVisibleAsync(Patient);
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "What it is made of" })).ToContainTextAsync("main.py");
        await Expect(page.GetByText("bomFormat")).ToHaveCountAsync(0);
        await opened.ShouldFitAPhoneAsync();
        await opened.KeepScreenshotsAsync("plugin-checks");

        await opened.GoAsync($"/o/{acme.Slug}/plugins/publishers/{name}");
        var people = page.GetByRole(AriaRole.Region, new() { Name = "People" });
        await Expect(people.GetByRole(AriaRole.Button, new() { Name = "Remove" })).ToBeVisibleAsync(Patient);
        await page.SetViewportSizeAsync(390, 844);
        (await people.EvaluateAsync<bool>("table => table.scrollWidth <= table.clientWidth")).ShouldBeTrue("the table must not scroll sideways");
        await opened.KeepScreenshotsAsync("publisher-people");
        opened.Errors.ShouldBeEmpty();
    }

    /// <summary>The field hears of a file once its script is attached, which is a moment after it is drawn.</summary>
    private static async Task SubmitAsync(IPage page, byte[] package)
    {
        var submit = page.GetByRole(AriaRole.Button, new() { Name = "Submit", Exact = true });
        await Eventually.IsTrueAsync(async () =>
        {
            await page.GetByLabel("Package", new() { Exact = true }).SetInputFilesAsync(new FilePayload { Name = "label-length.zip", MimeType = "application/zip", Buffer = package });
            await page.WaitForTimeoutAsync(500);
            return await submit.IsEnabledAsync();
        });
        await submit.ClickAsync();
    }

    private static async Task<IReadOnlyDictionary<string, string>> ReadAsync(IDownload download)
    {
        using var bytes = new MemoryStream();
        await using (var stream = await download.CreateReadStreamAsync())
        {
            await stream.CopyToAsync(bytes);
        }

        using var zip = new ZipArchive(bytes);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            files[entry.FullName["label-length/".Length..]] = await reader.ReadToEndAsync();
        }

        return files;
    }

    /// <summary>What the template's own tool packs: everything but the tools.</summary>
    private static byte[] Pack(IReadOnlyDictionary<string, string> template, Func<string, string> hook)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in template.Where(f => f.Key is not ("pack.py" or "run-tests.py")))
            {
                using var target = zip.CreateEntry(path).Open();
                target.Write(Encoding.UTF8.GetBytes(path == "main.py" ? hook(text) : text));
            }
        }

        return bytes.ToArray();
    }
}
