using Loopai.Core.Access;
using Loopai.Core.Errors;
using Loopai.Core.Webhooks;
using Radzen;

namespace Loopai.Portal.Pages.Webhooks;

/// <summary>A webhook is made here; its secret is shown once, and its page follows.</summary>
public sealed partial class NewWebhookPage(WebhookService webhooks, DialogService dialogs, NavigationManager navigation) : ComponentBase
{
    private readonly WebhookForm _form = new();
    private Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);
    private IReadOnlyList<Crumb> _crumbs = [];
    private string? _failure;

    [Parameter] public string Org { get; set; } = "";

    [CascadingParameter] public Caller Caller { get; set; } = null!;

    [CascadingParameter] public ShellState Shell { get; set; } = null!;

    protected override void OnParametersSet() => _crumbs = [new Crumb("Webhooks", PortalUrls.Webhooks(Org, Shell.Environment))];

    private async Task CreateAsync()
    {
        (_failure, _errors) = (null, new Dictionary<string, string[]>(StringComparer.Ordinal));
        if (_form.ToDefinition(_errors) is not { } definition)
        {
            return;
        }

        try
        {
            var made = await webhooks.CreateAsync(Caller, definition, CancellationToken.None);
            await WebhookSecretDialog.OpenAsync(dialogs, made, $"{made.Item.Subscription.Name} is ready");
            navigation.NavigateTo(PortalUrls.Webhook(Org, made.Item.Subscription.Id, Shell.Environment));
        }
        catch (InvalidException e)
        {
            _errors = new Dictionary<string, string[]>(e.Errors, StringComparer.Ordinal);
        }
        catch (LoopaiException e)
        {
            _failure = PageFailures.Sentence(e);
        }
    }
}
