using Loopai.Core.Errors;
using Loopai.Core.Identity;
using Loopai.Portal.Pages.Account;
using Radzen;

namespace Loopai.Portal.Accounts;

/// <summary>Lets a page do what takes a recent proof of who sits there: where the proof is missing it is asked for, and the act goes on.</summary>
public sealed class Confirmation(DialogService dialogs)
{
    /// <summary>The same for what answers with something.</summary>
    /// <returns>Null when the person would not confirm.</returns>
    public async Task<T?> AnswerAsync<T>(Func<Task<T>> act)
        where T : class
    {
        T? answer = null;
        await RunAsync(async () => answer = await act());
        return answer;
    }

    /// <returns>False when the person would not confirm; then nothing was done.</returns>
    public async Task<bool> RunAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (ConflictException e) when (e.Code == IdentityErrors.ConfirmationNeeded)
        {
            if (!await ConfirmIdentityDialog.OpenAsync(dialogs))
            {
                return false;
            }
        }

        await act();
        return true;
    }
}
