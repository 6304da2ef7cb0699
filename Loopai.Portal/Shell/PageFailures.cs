using System.Data.Common;
using Loopai.Core.Audit;
using Loopai.Core.Errors;

namespace Loopai.Portal.Shell;

/// <summary>The one place where a failure becomes what a page shows, as <see cref="Api.Problems"/> is for the API.</summary>
public static class PageFailures
{
    /// <summary>Words for a failure, as below; a refusal is noted for the audit log besides.</summary>
    public static LoadFailure? Describe(Exception error, RefusalLog refusals)
    {
        if (error is ForbiddenException refused)
        {
            refusals.Note(refused);
        }

        return Describe(error);
    }

    /// <summary>Words for a failure with a name; null for one that nobody foresaw, which the page shows with a trace id.</summary>
    public static LoadFailure? Describe(Exception error) => error switch
    {
        NotFoundException e => new LoadFailure("This does not exist", $"{e.Message} It may have been removed, or the link is not for this organization."),
        InvalidException e => new LoadFailure("This cannot be taken as it stands", string.Join(' ', e.Errors.SelectMany(f => f.Value).Prepend(e.Message))),
        ForbiddenException e => new LoadFailure("You may not do this", e.Message),
        ChangedMeanwhileException => new LoadFailure("This was changed meanwhile", error.Message),
        ConflictException => new LoadFailure("This is not possible now", error.Message),
        QuotaExceededException e => new LoadFailure("A quota is used up", e.Message),
        LimitExceededException e => new LoadFailure("A limit is reached", e.Message),
        UnavailableException e => new LoadFailure("This is not available now", e.Message),
        DbException or TimeoutException => new LoadFailure("The database does not answer", "Nothing was lost. Try again in a moment."),
        { InnerException: DbException inner } => Describe(inner),
        _ => null,
    };

    /// <summary>Whether the database did not answer, which EF Core wraps once.</summary>
    public static bool IsOfDatabase(Exception error) => error is DbException or TimeoutException or { InnerException: DbException };

    /// <summary>One sentence for a toast.</summary>
    public static string Sentence(Exception error) => LoadFailure.Of(error) is { } failure ? $"{failure.Title}. {failure.Advice}" : error.Message;
}
