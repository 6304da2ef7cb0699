using Loopai.Core.Access;
using Loopai.Core.Tasks;
using Loopai.Portal.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Radzen;

namespace Loopai.Portal.Pages.Tasks.Examples;

/// <summary>Streams a file of examples into a task, with its progress, and says which rows were left out and why.</summary>
public sealed partial class UploadDialog(ExampleService examples, DialogService dialogService) : ComponentBase, IDisposable
{
    private const long MaxBytes = 512L * 1024 * 1024;

    private IBrowserFile? _file;
    private long _read;
    private ImportResult? _result;
    private string? _failure;
    private CancellationTokenSource? _stopping;

    [Parameter] public TaskDefinition Task { get; set; } = null!;

    [Parameter] public Caller Caller { get; set; } = null!;

    private DialogService Dialogs => dialogService;

    /// <returns>Whether anything was taken in.</returns>
    public static async Task<bool> OpenAsync(DialogService dialogs, TaskDefinition task, Caller caller)
    {
        await dialogs.OpenAsync<UploadDialog, bool>("Upload examples", new() { [nameof(Task)] = task, [nameof(Caller)] = caller });

        // Closed by its cross or by Done: either way the list may be another.
        return true;
    }

    public void Dispose()
    {
        _stopping?.Cancel();
        _stopping?.Dispose();
    }

    private void Again() => (_result, _file, _failure) = (null, null, null);

    private void Stop() => _stopping?.Cancel();

    private async Task TakeAsync(InputFileChangeEventArgs chosen)
    {
        _stopping?.Dispose();
        _stopping = new CancellationTokenSource();
        (_file, _read, _failure) = (chosen.File, 0, null);
        try
        {
            await using var upload = chosen.File.OpenReadStream(MaxBytes, _stopping.Token);
            await using var counted = new CountingStream(upload, Report);
            _result = await examples.ImportAsync(Caller, Task.Id, counted, FormatOf(chosen.File.Name), _stopping.Token);
        }
        catch (OperationCanceledException)
        {
            _failure = "The upload was stopped. Nothing of it was taken.";
        }
        catch (IOException)
        {
            _failure = $"The file could not be read to its end, or is larger than {Format.Bytes(MaxBytes)}. Nothing of it was taken.";
        }
        catch (Exception e)
        {
            _failure = PageFailures.Sentence(e);
        }
        finally
        {
            _file = null;
        }
    }

    private void Report(long bytes)
    {
        // A message a megabyte is enough to see it move.
        if (bytes - _read > 256 * 1024 || bytes == _file?.Size)
        {
            _read = bytes;
            _ = InvokeAsync(StateHasChanged);
        }
    }

    private static ExampleFormat FormatOf(string name) => Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".json" => ExampleFormat.Json,
        ".jsonl" or ".ndjson" => ExampleFormat.JsonLines,
        _ => ExampleFormat.Csv,
    };
}
