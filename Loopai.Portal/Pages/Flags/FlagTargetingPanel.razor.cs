using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Flags;

namespace Loopai.Portal.Pages.Flags;

/// <summary>Switches a flag, and says whom it answers what. Nothing typed is lost when saving fails, or when somebody else saved first.</summary>
public sealed partial class FlagTargetingPanel(FlagTargetingService service, Toasts toasts) : ComponentBase
{
    private const string Example = """{"plan": {"$in": ["beta", "staff"]}}""";

    private TargetingForm _form = null!;
    private Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);
    private string? _failure;
    private bool _dirty;
    private bool _hasChangedMeanwhile;
    private (Guid Flag, Guid Environment, int Revision, int FlagRevision) _taken;

    [Parameter, EditorRequired] public FlagDetail Flag { get; set; } = null!;

    [Parameter, EditorRequired] public FlagInEnvironment Here { get; set; } = null!;

    [Parameter, EditorRequired] public Caller Caller { get; set; } = null!;

    [Parameter] public bool Disabled { get; set; }

    [Parameter] public EventCallback OnChanged { get; set; }

    private IReadOnlyList<string> Names => [.. Flag.Variations.Select(v => v.Key!)];

    protected override void OnParametersSet()
    {
        // A reload behind an edit must not take the edit away; the revision it was based on stays with it.
        if ((_taken.Flag, _taken.Environment) != (Flag.Flag.Id, Here.EnvironmentId) || (!_dirty && (_taken.Revision, _taken.FlagRevision) != (Here.Revision, Flag.Flag.Revision)))
        {
            Take();
        }
    }

    private void Take()
    {
        _taken = (Flag.Flag.Id, Here.EnvironmentId, Here.Revision, Flag.Flag.Revision);
        _form = TargetingForm.Of(Here.Targeting, Flag.Variations);
        (_errors, _failure, _dirty, _hasChangedMeanwhile) = (new(StringComparer.Ordinal), null, false, false);
    }

    private void Edit(Action? change = null)
    {
        change?.Invoke();
        _dirty = true;
    }

    private void Discard() => Take();

    private void AddRule() => Edit(() => _form.Rules.Add(new FlagRuleForm { Serve = ServeForm.Of(null, Flag.Variations) }));

    private void Move(int place, int by) => Edit(() =>
    {
        (_form.Rules[place], _form.Rules[place + by]) = (_form.Rules[place + by], _form.Rules[place]);
    });

    private async Task SwitchAsync()
    {
        try
        {
            await service.SetAsync(Caller, Flag.Flag.Id, Here.Key, new FlagTargetingChange { On = !Here.Targeting.On }, null, CancellationToken.None);
            toasts.Success($"{Flag.Flag.Key} is {(Here.Targeting.On ? "off" : "on")} in {Here.Key}");
            _taken.Revision = _dirty && _taken.Revision == Here.Revision ? Here.Revision + 1 : _taken.Revision;
        }
        catch (Exception e)
        {
            toasts.Failed(e);
        }

        await OnChanged.InvokeAsync();
    }

    private async Task SaveAsync()
    {
        (_errors, _failure) = (new(StringComparer.Ordinal), null);
        if (_form.ToChange(_errors) is not { } change)
        {
            return;
        }

        try
        {
            await service.SetAsync(Caller, Flag.Flag.Id, Here.Key, change, _taken.Revision, CancellationToken.None);
            _dirty = false;
            toasts.Success("Saved; programs are answered so from now on");
            await OnChanged.InvokeAsync();
        }
        catch (ChangedMeanwhileException)
        {
            _hasChangedMeanwhile = true;
        }
        catch (InvalidException e)
        {
            (_errors, _failure) = (new(e.Errors, StringComparer.Ordinal), "Some fields need a look before this can be saved.");
        }
        catch (Exception e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }

    private async Task TakeTheirsAsync()
    {
        _dirty = false;
        await OnChanged.InvokeAsync();
    }

    private string? Error(string field) => _errors.TryGetValue(field, out var messages) ? string.Join(' ', messages) : null;
}
