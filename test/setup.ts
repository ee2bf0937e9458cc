// The template validator of aws-cdk-lib loads for more than a second in each test file; the test of the examples asks it itself.
process.env.CDK_VALIDATION ??= 'false';

// Node.js 20 is supported on purpose; its end of life is no finding of a test.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
