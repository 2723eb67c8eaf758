// Original file: protos/baton/v1/process.proto

import type { Token as _baton_v1_Token, Token__Output as _baton_v1_Token__Output } from '../../baton/v1/Token.ts';
import type { Long } from '@grpc/proto-loader';

export interface GiveUpRequest {
  'attachment'?: (number | string | Long);
  'startId'?: (string);
  'token'?: (_baton_v1_Token | null);
}

export interface GiveUpRequest__Output {
  'attachment': (number);
  'startId': (string);
  'token': (_baton_v1_Token__Output | null);
}
