using Shouldly;

namespace Anit.Models.Tests.Families;

public sealed class ModelConfigTests
{
    const string Llama31 = """
        {"architectures":["LlamaForCausalLM"],"attention_bias":false,"bos_token_id":128000,"eos_token_id":[128001,128008,128009],
         "hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,"intermediate_size":14336,"max_position_embeddings":131072,
         "mlp_bias":false,"model_type":"llama","num_attention_heads":32,"num_hidden_layers":32,"num_key_value_heads":8,"pretraining_tp":1,
         "rms_norm_eps":1e-05,"rope_scaling":{"factor":8.0,"low_freq_factor":1.0,"high_freq_factor":4.0,
         "original_max_position_embeddings":8192,"rope_type":"llama3"},"rope_theta":500000.0,"tie_word_embeddings":false,
         "torch_dtype":"bfloat16","use_cache":true,"vocab_size":128256}
        """;

    const string Gemma2B = """
        {"architectures":["GemmaForCausalLM"],"attention_bias":false,"bos_token_id":2,"eos_token_id":1,"head_dim":256,"hidden_act":"gelu",
         "hidden_size":2048,"intermediate_size":16384,"max_position_embeddings":8192,"model_type":"gemma","num_attention_heads":8,
         "num_hidden_layers":18,"num_key_value_heads":1,"pad_token_id":0,"rms_norm_eps":1e-06,"rope_theta":10000.0,"vocab_size":256000}
        """;

    const string Mistral1 = """
        {"architectures":["MistralForCausalLM"],"bos_token_id":1,"eos_token_id":2,"hidden_act":"silu","hidden_size":4096,"initializer_range":0.02,
         "intermediate_size":14336,"max_position_embeddings":32768,"model_type":"mistral","num_attention_heads":32,"num_hidden_layers":32,
         "num_key_value_heads":8,"rms_norm_eps":1e-05,"rope_theta":10000.0,"sliding_window":4096,"tie_word_embeddings":false,"vocab_size":32000}
        """;

    const string Qwen25 = """
        {"architectures":["Qwen2ForCausalLM"],"bos_token_id":151643,"eos_token_id":151645,"hidden_act":"silu","hidden_size":896,
         "intermediate_size":4864,
         "max_position_embeddings":32768,"max_window_layers":21,"model_type":"qwen2","num_attention_heads":14,"num_hidden_layers":24,
         "num_key_value_heads":2,
         "rms_norm_eps":1e-06,"rope_theta":1000000.0,"sliding_window":32768,"tie_word_embeddings":true,"use_sliding_window":false,"vocab_size":151936}
        """;

    const string Gemma22B = """
        {"architectures":["Gemma2ForCausalLM"],"attention_bias":false,"attn_logit_softcapping":50.0,"bos_token_id":2,"eos_token_id":1,
         "final_logit_softcapping":30.0,"head_dim":256,"hidden_act":"gelu_pytorch_tanh","hidden_activation":"gelu_pytorch_tanh","hidden_size":2304,
         "intermediate_size":9216,"max_position_embeddings":8192,"model_type":"gemma2","num_attention_heads":8,"num_hidden_layers":26,
         "num_key_value_heads":4,"query_pre_attn_scalar":256,"rms_norm_eps":1e-06,"rope_theta":10000.0,"sliding_window":4096,"vocab_size":256000}
        """;

    const string Gemma31B = """
        {"architectures":["Gemma3ForCausalLM"],"attn_logit_softcapping":null,"bos_token_id":2,"eos_token_id":[1,106],"final_logit_softcapping":null,
         "head_dim":256,
         "hidden_activation":"gelu_pytorch_tanh","hidden_size":1152,"intermediate_size":6912,"max_position_embeddings":32768,
         "model_type":"gemma3_text",
         "num_attention_heads":4,"num_hidden_layers":26,"num_key_value_heads":1,"query_pre_attn_scalar":256,"rms_norm_eps":1e-06,
         "rope_local_base_freq":10000,
         "rope_scaling":null,"rope_theta":1000000,"sliding_window":512,"sliding_window_pattern":6,"vocab_size":262144}
        """;

    const string Tiny =
        """{"model_type":"llama","vocab_size":10,"hidden_size":8,"intermediate_size":16,"num_hidden_layers":1,"num_attention_heads":2""";

    [Fact]
    public void Reads_llama_3_1()
    {
        var config = ModelConfig.FromJson(Llama31);
        (config.HeadDim, config.Groups, config.VocabSize).ShouldBe((128, 4, 128256));
        config.RopeScaling.ShouldBe(new RopeScaling("llama3", 8, 1, 4, 8192));
        config.EosTokenIds.ShouldBe([128001, 128008, 128009]);
        (config.TieWordEmbeddings, config.RmsNormEps, config.RopeTheta).ShouldBe((false, 1e-5, 500000.0));
    }

    [Fact]
    public void Reads_gemma_with_its_own_defaults()
    {
        var config = ModelConfig.FromJson(Gemma2B);
        (config.HeadDim, config.Groups, config.TieWordEmbeddings, config.HiddenAct).ShouldBe((256, 8, true, "gelu_pytorch_tanh"));
    }

    [Fact]
    public void Reads_which_layers_have_a_window()
    {
        var (mistral, qwen, gemma2, gemma3) =
            (ModelConfig.FromJson(Mistral1), ModelConfig.FromJson(Qwen25), ModelConfig.FromJson(Gemma22B), ModelConfig.FromJson(Gemma31B));
        Enumerable.Range(0, 32).ShouldAllBe(layer => mistral.Slides(layer));
        Enumerable.Range(0, 24).ShouldAllBe(layer => !qwen.Slides(layer));
        Enumerable.Range(0, 6).Select(gemma2.Slides).ShouldBe([true, false, true, false, true, false]);
        Enumerable.Range(0, 7).Select(gemma3.Slides).ShouldBe([true, true, true, true, true, false, true]);
        (gemma3.RopeLocalTheta, gemma3.AttnLogitSoftcapping, gemma2.AttnLogitSoftcapping, gemma2.FinalLogitSoftcapping)
            .ShouldBe((10_000, null, 50, 30));
        (qwen.AttentionBias, qwen.AttentionOutputBias, mistral.AttentionBias).ShouldBe((true, false, false));
        ModelConfig.FromJson(Mistral1.Replace("\"sliding_window\":4096", "\"sliding_window\":null", StringComparison.Ordinal)).Slides(0)
            .ShouldBeFalse();
    }

    [Fact]
    public void Reads_the_newer_spelling_of_windows_and_of_rotary_settings_by_kind_of_layer()
    {
        var types = string.Join(",", Enumerable.Range(0, 26).Select(i => i % 2 == 0 ? "\"full_attention\"" : "\"sliding_attention\""));
        var config = ModelConfig.FromJson(Gemma31B.Replace("\"rope_scaling\":null,\"rope_theta\":1000000,", $"\"layer_types\":[{types}]," +
            """
            "rope_parameters":{"full_attention":{"rope_type":"linear","factor":8.0,"rope_theta":2000000.0},
             "sliding_attention":{"rope_type":"default","rope_theta":30000.0}},
            """, StringComparison.Ordinal).Replace("\"rope_local_base_freq\":10000,", "", StringComparison.Ordinal));
        (config.RopeTheta, config.RopeLocalTheta, config.RopeScaling).ShouldBe((2e6, 3e4, new RopeScaling("linear", 8)));
        (config.Slides(0), config.Slides(1)).ShouldBe((false, true));
    }

    [Fact]
    public void Absent_keys_have_the_reference_s_defaults()
    {
        var config = ModelConfig.FromJson(Tiny + "}");
        (config.HeadDim, config.NumKeyValueHeads, config.RmsNormEps, config.RopeTheta).ShouldBe((4, 2, 1e-6, 10000.0));
        (config.MaxPositionEmbeddings, config.AttentionBias, config.TieWordEmbeddings, config.RopeScaling).ShouldBe((2048, false, false, null));
    }

    [Fact]
    public void Reads_the_newer_spelling_of_rotary_settings() =>
        ModelConfig.FromJson(Tiny + ""","rope_parameters":{"rope_theta":20000.0,"rope_type":"linear","factor":2.0}}""")
            .ShouldSatisfyAllConditions(c => c.RopeTheta.ShouldBe(20000), c => c.RopeScaling.ShouldBe(new RopeScaling("linear", 2)));

    [Theory]
    [InlineData(""" "rope_theta":7,"rope_parameters":{"rope_theta":9} """, 9)]
    [InlineData(""" "rope_theta":7,"rope_scaling":{"rope_theta":8,"rope_type":"linear","factor":2},"rope_parameters":{"rope_theta":9} """, 8)]
    [InlineData(""" "rope_theta":7,"rope_scaling":{"rope_type":"linear","factor":2},"rope_parameters":{"rope_theta":9} """, 7)]
    [InlineData(""" "rope_theta":7,"rope_scaling":{},"rope_parameters":null """, 7)]
    public void Of_two_thetas_the_inner_one_counts_as_in_the_reference(string keys, double theta) =>
        ModelConfig.FromJson($"{Tiny},{keys}}}").RopeTheta.ShouldBe(theta);

    [Theory]
    [InlineData(Llama31)]
    [InlineData(Gemma2B)]
    [InlineData(Mistral1)]
    [InlineData(Qwen25)]
    [InlineData(Gemma22B)]
    [InlineData(Gemma31B)]
    public void What_is_written_reads_as_the_same(string json)
    {
        var config = ModelConfig.FromJson(json);
        var again = ModelConfig.FromJson(config.ToJson("bfloat16"));
        again.EosTokenIds.ShouldBe(config.EosTokenIds);
        again.SlidingLayers.ShouldBe(config.SlidingLayers);
        (again with { EosTokenIds = config.EosTokenIds, SlidingLayers = config.SlidingLayers }).ShouldBe(config);
    }

    [Theory]
    [InlineData("nonsense", "no valid JSON")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("""{"vocab_size":10}""", "model_type is missing")]
    [InlineData("""{"model_type":"bert"}""", "model_type bert is not supported; supported are")]
    [InlineData("""{"model_type":"llama"}""", "hidden_size is missing")]
    [InlineData(Tiny + ""","vocab_size":"ten"}""", "vocab_size is \"ten\", expected a whole number")]
    [InlineData(Tiny + ""","num_key_value_heads":3}""", "num_attention_heads 2 is no multiple of num_key_value_heads 3")]
    [InlineData(Tiny + ""","num_key_value_heads":0}""", "num_key_value_heads is 0, expected 1 or more")]
    [InlineData(Tiny + ""","num_hidden_layers":-1}""", "num_hidden_layers is -1, expected 1 or more")]
    [InlineData(Tiny + ""","num_hidden_layers":2147483647}""", "num_hidden_layers is 2147483647, expected at most 10000")]
    [InlineData(Tiny + ""","vocab_size":2147483647}""", "vocab_size is 2147483647, expected at most 16777216")]
    [InlineData(Tiny + ""","head_dim":2147483646}""", "num_attention_heads 2 times head_dim 2147483646 is beyond every model")]
    [InlineData(Tiny + ""","head_dim":5}""", "head_dim 5 is odd")]
    [InlineData(Tiny + ""","hidden_act":"relu"}""", "hidden_act relu is not supported")]
    [InlineData(Tiny + ""","rope_scaling":{"rope_type":"mrope","factor":2.0}}""", "rope_scaling of rope_type mrope is not supported")]
    [InlineData(Tiny + ""","rope_scaling":{"rope_type":"longrope","factor":2.0,"long_factor":[1,2]}}""", "rope_scaling.short_factor is missing")]
    [InlineData(Tiny + ""","rope_scaling":{"rope_type":"longrope","factor":2.0,"short_factor":[1,0],"long_factor":[1,2]}}""",
        "rope_scaling.short_factor has 2 numbers, expected 2 above 0")]
    [InlineData(Tiny + ""","rope_scaling":"linear"}""", "rope_scaling is \"linear\", expected an object")]
    [InlineData(Tiny + ""","rope_parameters":{"rope_type":"yarn"},"rope_theta":1}""", "rope_theta is 1, yarn needs more than 1")]
    [InlineData(Tiny + ""","rope_parameters":{"full_attention":{"rope_theta":5}}}""", "rope_parameters by type of layer is not supported for llama")]
    [InlineData(Tiny + ""","partial_rotary_factor":0.5}""", "partial_rotary_factor 0.5 is not supported")]
    [InlineData(Tiny + ""","rope_parameters":{"partial_rotary_factor":0.5}}""", "partial_rotary_factor 0.5 is not supported")]
    [InlineData(Tiny + ""","rope_scaling":{"rope_type":"llama3","factor":2.0}}""", "rope_scaling.low_freq_factor is missing")]
    [InlineData(Tiny + ""","sliding_window":0}""", "sliding_window is 0, expected more than 0")]
    [InlineData(Tiny + ""","sliding_window":8,"layer_types":["full_attention","full_attention"]}""", "expected a list of 1 types")]
    [InlineData(Tiny + ""","sliding_window":8,"layer_types":["linear_attention"]}""", "layer_types has \"linear_attention\"")]
    [InlineData(Tiny + ""","tie_word_embeddings":1}""", "tie_word_embeddings is 1, expected true or false")]
    [InlineData(Tiny + ""","quantization_config":{}}""", "quantized weights (quantization_config: no quant_method) are not supported")]
    [InlineData(Tiny + ""","quantization_config":{"quant_method":"awq","bits":4}}""", "quantized weights (quantization_config: awq) are not "
        + "supported; use the unquantized model")]
    [InlineData("""{"model_type":"llama","vocab_size":1,"hidden_size":9,"intermediate_size":1,"num_hidden_layers":1,"num_attention_heads":2}""",
        "hidden_size 9 is no multiple of num_attention_heads 2")]
    public void A_config_that_cannot_be_computed_is_refused_by_name(string json, string message)
    {
        var error = Should.Throw<InvalidDataException>(() => ModelConfig.FromJson(json, "m/config.json"));
        error.Message.ShouldStartWith("m/config.json: ");
        error.Message.ShouldContain(message);
    }
}
