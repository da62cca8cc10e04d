package com.example;

class SessionOneIT extends SharedServer {}
