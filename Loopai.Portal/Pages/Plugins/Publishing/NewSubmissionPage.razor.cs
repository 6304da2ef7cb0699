using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Plugins.Packages;
using Loopai.Core.Plugins.Publishing;
using Loopai.Core.Plugins.Registry;
using Microsoft.AspNetCore.Components.Forms;

namespace Loopai.Portal.Pages.Plugins.Publishing;

/// <summary>A package is uploaded here; its pipeline follows.</summary>
public sealed partial class NewSubmissionPage(SubmissionService submissions, PublisherService publishers, NavigationManager navigation) : ComponentBase
{
    private static readonly IReadOnlyList<Option> Audiences = [new("private", "your organization"), new("public", "all organizations of this installation")];

    private IBrowserFile? _file;
    private string _audience = "private";
    private string? _failure;
    private string? _publisher;
    private IReadOnlyList<Crumb> _crumbs = [];

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    private string Command =>
        $"""
        curl --data-binary @plugin.zip \
          -H "Content-Type: application/zip" \
          -H "Authorization: Bearer $LOOPAI_KEY" \
          {navigation.BaseUri.TrimEnd('/')}/api/v1/plugin-submissions
        """;

    protected override async Task OnParametersSetAsync()
    {
        _crumbs = [new Crumb("Plugins", PortalUrls.Plugins(Org, Shell.Environment)), new Crumb("Publishing", PortalUrls.Submissions(Org, Shell.Environment))];
        if (RendererInfo.IsInteractive && Caller.May(Permissions.PluginsRead))
        {
            var own = await LoadState.FromAsync(() => publishers.ListAsync(Caller, CancellationToken.None));
            _publisher = own.ValueOrDefault?.FirstOrDefault(p => p.Role is not null)?.Publisher.Name;
        }
    }

    private async Task SubmitAsync()
    {
        _failure = null;
        try
        {
            var made = await submissions.SubmitAsync(Caller, new SubmissionRequest(await ReadAsync(), _audience == "public", SubmissionSource.Portal), CancellationToken.None);
            navigation.NavigateTo(PortalUrls.Submission(Org, made.Submission.Id, Shell.Environment));
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
        }
        catch (IOException)
        {
            _failure = $"The file could not be read. It has at most {PackageLimits.MaxPackageBytes / 1024 / 1024} MB; choose it again if it changed meanwhile.";
            _file = null;
        }
    }

    private async Task<byte[]> ReadAsync()
    {
        await using var stream = _file!.OpenReadStream(PackageLimits.MaxPackageBytes);
        using var read = new MemoryStream();
        await stream.CopyToAsync(read);
        return read.ToArray();
    }
}
