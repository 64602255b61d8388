using System.Text.RegularExpressions;

namespace Anit.Nlu.Importers;

/// <summary>Aspect sentiment triplets, ASTE-Data-V2 (Xu et al. 2020, arXiv:2010.02609): <c>sentence####[([16, 17], [15], 'POS'), ...]</c>.</summary>
/// <remarks>The triplets are a Python literal; numbers are token numbers, all of a span listed. The form of four parts has the tags of aspects and
/// of opinions between sentence and triplets, which say the same again.</remarks>
static partial class AsteImporter
{
    const string Separator = "####";

    static readonly LabelTable Polarities = new([("POS", "Positive"), ("NEG", "Negative"), ("NEU", "Neutral")]);

    public static ImportFormat Laptops { get; } = new("14lap", Read, (NluTask.Aspects, Polarities));

    public static ImportFormat Restaurants { get; } = new("14res", Read, (NluTask.Aspects, Polarities));

    static IEnumerable<NluRow> Read(ImportContext context) =>
        context.Rows(source => LineSource.Records(source), (line, number) => Row(context, line, number));

    static NluRow? Row(ImportContext context, Line line, long number)
    {
        var parts = line.Text.Split(Separator);
        var text = new WordText(parts[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (parts.Length is not (2 or 4) || text.Count == 0)
            throw line.At.Bad(Shown.Of(line.Text),
                $"a sentence, {Separator}, and a list of triplets (or tags, {Separator}, tags, {Separator} between them)");
        var list = parts[^1].Trim();
        if (!TripletList().IsMatch(list)) throw line.At.Bad($"triplets {Shown.Of(list)}", "[([0, 1], [2], 'POS'), ...]");

        return context.Items(number, text.Text, Triplet().Matches(list).Select(Item).ToList(), line.At);

        GoldItem Item(Match triplet)
        {
            var aspect = Span(text, triplet.Groups["aspect"].Value, line.At);
            var opinion = Span(text, triplet.Groups["opinion"].Value, line.At);
            var label = context.Name(triplet.Groups["label"].Value, line.At);
            return new(new(label, text.Span(aspect.First, aspect.Last), text.Span(opinion.First, opinion.Last)),
                text.Place(aspect.First, aspect.Last), text.Place(opinion.First, opinion.Last));
        }
    }

    static (int First, int Last) Span(WordText text, string list, RecordPlace at)
    {
        var numbers = list.Split(',').Select(n => int.TryParse(n, out var number) ? number : -1).ToList();
        var contiguous = numbers.Select((n, i) => n == numbers[0] + i).All(next => next);
        return contiguous && numbers[0] >= 0 && numbers[^1] < text.Count
            ? (numbers[0], numbers[^1])
            : throw at.Bad($"tokens [{list}]", $"neighbours from 0 to {text.Count - 1}");
    }

    const string OneTriplet = @"\(\[(?<aspect>\d+(, ?\d+)*)\], ?\[(?<opinion>\d+(, ?\d+)*)\], ?'(?<label>\w+)'\)";

    [GeneratedRegex(OneTriplet, RegexOptions.ExplicitCapture)]
    private static partial Regex Triplet();

    [GeneratedRegex(@"^\[(" + OneTriplet + @"(, ?" + OneTriplet + @")*)?\]$", RegexOptions.ExplicitCapture)]
    private static partial Regex TripletList();
}
